import { CommitbaseError } from '../../errors.ts'
import { type GitOptions, runGit } from '../commands/git.ts'
import { gitOutput } from '../commands/gitOutput.ts'
import type { Oid } from '../objects/object.ts'
import type { Path } from '../trees/path.ts'
import { type LogPart, logFormat, readLog } from './readLog.ts'

export interface ChangesQuery {
  /** The bare repository. */
  readonly folder: string
  /** Neither this commit nor what leads to it; `null`: from the first one on. */
  readonly since: Oid | null
  readonly tip: Oid
  /** The folder that is asked about. */
  readonly path: Path
}

/** Every commit from `since` to the tip that changed a file below the path, a commit behind its parents, as git comes upon them; one of very many files in parts. Throws `not_found` where `since` does not lead to the tip. */
export async function* fileChanges(query: ChangesQuery, options: GitOptions): AsyncGenerator<LogPart> {
  const { folder, since, tip, path } = query
  if (since !== null) await checkAncestor(query, since, options)
  // Behind `since` git looks at no parent of a merge, and leaves out one that is like the other there. So it lists all.
  const range = since === null ? [tip] : ['--sparse', tip, `^${since}`]
  const args = ['--literal-pathspecs', 'log', '--topo-order', '--reverse', ...logFormat, ...range, '--', path.join('/')]
  yield* readLog(gitOutput([`--git-dir=${folder}`, ...args], '\0', options), mostFiles)
}

/** Of a part. */
const mostFiles = 5_000

async function checkAncestor({ folder, tip }: ChangesQuery, since: Oid, options: GitOptions): Promise<void> {
  const { status } = await runGit([`--git-dir=${folder}`, 'merge-base', '--is-ancestor', since, tip], options)
  if (status !== 0) throw new CommitbaseError('not_found', `${since} does not lead to ${tip}`)
}
