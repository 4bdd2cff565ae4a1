import { CommitbaseError } from '../../errors.ts'
import { type Environment, runGit } from './git.ts'

/**
 * Gives the version of the git that the environment leads to. Throws `unavailable`, in one sentence that says what to do,
 * where there is none or it is older than 2.32 (2.31 brought settings in the environment).
 */
export async function checkGit(environment?: Environment): Promise<{ version: string }> {
  const { output, words } = await runGit(['version'], { environment, timeout: 10_000 })
  const [, version, major, minor] = /^git version ((\d+)\.(\d+)\S*)/.exec(output.toString()) ?? []
  if (!version) {
    const came = (output.toString() || words).trim().slice(0, 200)
    throw new CommitbaseError(
      'unavailable',
      `'git version' answered '${came}' and no version; install git 2.32 or newer`,
    )
  }
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 32)) {
    throw new CommitbaseError('unavailable', `git ${version} is too old; install git 2.32 or newer`)
  }
  return { version }
}
