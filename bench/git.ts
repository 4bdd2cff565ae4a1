import { runGit as run } from '../src/git/commands/git.ts'
import { stopping } from './scratch.ts'

/** Who commits in the repositories of the benchmark. */
export const person = {
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** Git takes folders of any owner, repacks only when asked, and keeps what fast-import makes as a pack, however small. */
export const settings = {
  'safe.directory': '*',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'fastimport.unpackLimit': '0',
}

/**
 * Runs git in a folder as everybody in the benchmark does, everything that it writes made durable, and gives what it printed.
 * Throws with git's words where it fails: fsck prints its own as output.
 */
export async function runGit(folder: string, args: readonly string[], input?: string | Buffer): Promise<string> {
  const options = { environment: process.env, variables: person, config: settings, input, signal: stopping }
  const { status, output, words } = await run(['-C', folder, ...args], options)
  if (status === 0) return output.toString().trim()
  const said = `${words}\n${output.toString('utf8', 0, 1_000)}`.trim()
  throw new Error(`git ${args[0]} in ${folder} ended with status ${status}: ${said}`)
}
