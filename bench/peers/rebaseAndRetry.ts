import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../git.ts'
import { fileOf, type Write } from '../records.ts'
import { newPath } from '../scratch.ts'
import { pathOf } from '../starting/layout.ts'

/** A clone with a commit that is ready to be pushed: a file of its own, so that nothing in it ever conflicts. */
export async function prepareCommit(address: string, { place, version }: Write): Promise<string> {
  const folder = await newPath('rebase')
  await runGit('.', ['clone', '--quiet', '--depth=1', address, folder])
  await writeFile(join(folder, pathOf('folders', place)), fileOf(place, version))
  await runGit(folder, ['add', '.'])
  await runGit(folder, ['commit', '--quiet', '--message', `write ${place}`])
  return folder
}

/** What scripts and actions do to get a commit into a branch that others push to: pushes, and rebases and pushes again for as long as that fails. */
const loop =
  'until git push --quiet origin HEAD:main; do git pull --quiet --rebase origin main || git rebase --abort; done'

/** Runs that loop in a process of its own, until it is done or the signal comes. */
export async function pushWithRebase(folder: string, signal: AbortSignal): Promise<void> {
  const env = {
    ...process.env,
    GIT_COMMITTER_NAME: 'Bench',
    GIT_COMMITTER_EMAIL: 'bench@example.org',
    GIT_TERMINAL_PROMPT: '0',
  }
  const child = spawn('sh', ['-c', loop], { cwd: folder, env, stdio: 'ignore', detached: true })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const end = () => process.kill(-child.pid!, 'SIGKILL')
  signal.addEventListener('abort', end)
  child.once('error', reject)
  child.once('close', (status) =>
    status === 0 ? resolve() : reject(new Error(`it was ended with ${status ?? 'a signal'}`)),
  )
  await promise.finally(() => signal.removeEventListener('abort', end))
}
