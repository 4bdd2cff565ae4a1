import { CommitbaseError } from '../errors.ts'
import { collectWords, type GitOptions, runGit, startGit, whenEnded } from './git.ts'
import type { Oid } from './object.ts'

/** A commit and the files in which it differs from each of its parents. */
export interface ChangedFiles {
  readonly commit: Oid
  readonly files: readonly FileChange[]
}

/** A file's blob before and after; `null` where there was none, or something else than a file. */
export interface FileChange {
  readonly path: string
  readonly before: Oid | null
  readonly after: Oid | null
}

export interface ChangesQuery {
  /** The bare repository. */
  readonly folder: string
  /** Neither this commit nor what leads to it; `null`: from the first one on. */
  readonly since: Oid | null
  readonly tip: Oid
  /** The folder that is asked about. */
  readonly path: string
}

/** Every commit from `since` to the tip that changed a file below the path, a commit behind its parents. Throws `not_found` where `since` does not lead to the tip. */
export async function* fileChanges(query: ChangesQuery, options: GitOptions): AsyncGenerator<ChangedFiles> {
  const { folder, since, tip, path } = query
  if (since !== null) await checkAncestor(query, since, options)
  const range = since === null ? [tip] : [tip, `^${since}`]
  const what = [
    '--full-history',
    '--topo-order',
    '--reverse',
    '--root',
    '-c',
    '-r',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '-z',
  ]
  const args = [`--git-dir=${folder}`, '--literal-pathspecs', 'log', ...what, '--format=%H', ...range, '--', path]
  const child = startGit(args, options)
  const words = collectWords(child)
  const ended = whenEnded(child)
  ended.catch(() => {})
  child.stdin.end()
  try {
    yield* readChanges(piecesOf(child.stdout))
    const { status } = await ended
    if (status !== 0) throw new CommitbaseError('internal', `git log failed with status ${status}: ${words()}`)
  } finally {
    child.kill('SIGTERM')
  }
}

async function checkAncestor({ folder, tip }: ChangesQuery, since: Oid, options: GitOptions): Promise<void> {
  const { status } = await runGit([`--git-dir=${folder}`, 'merge-base', '--is-ancestor', since, tip], options)
  if (status !== 0) throw new CommitbaseError('not_found', `${since} does not lead to ${tip}`)
}

/** What stands between NUL bytes. */
async function* piecesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let from = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      yield bytes.toString('utf8', from, end)
      from = end + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) yield rest.toString()
}

/**
 * Reads `git log --raw -z --format=%H`: an id, then for each file its modes, ids and status, and its path; for a merge a colon
 * for each parent, and as many modes and ids before the last one (git-diff-tree, "diff format for merges").
 */
async function* readChanges(pieces: AsyncIterable<string>): AsyncGenerator<ChangedFiles> {
  let commit: Oid | undefined
  let files: FileChange[] = []
  let raw: string | undefined
  for await (const piece of pieces) {
    // Git puts a line's end before the first file of a commit, and before the next commit.
    const text = raw === undefined ? piece.replace(/^\n+/, '') : piece
    if (raw !== undefined) {
      files.push(readChange(raw, text))
      raw = undefined
    } else if (text.startsWith(':')) raw = text
    else if (text !== '') {
      if (commit !== undefined) yield { commit, files }
      commit = text.trim()
      files = []
    }
  }
  if (commit !== undefined) yield { commit, files }
}

function readChange(raw: string, path: string): FileChange {
  const parents = /^:+/.exec(raw)![0].length
  const words = raw.slice(parents).split(' ')
  const blob = (at: number) => (words[at]!.startsWith('100') ? words[at + parents + 1]! : null)
  return { path, before: blob(0), after: blob(parents) }
}
