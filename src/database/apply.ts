import type { Person } from '../git/commit.ts'
import type { Oid } from '../git/object.ts'
import type { WorkingTree } from '../git/workingTree.ts'
import type { Workspace } from '../git/workspace.ts'
import { splitSubjectOf, subjectOf } from './subject.ts'
import { type TableChanges, tableFanout } from './table.ts'
import { formatTrailers, type Trailer } from './trailers.ts'
import type { DatabaseTransaction } from './transaction.ts'

export interface TransactionCommit {
  /** What the subject says of more than one change: the operation, or the event's type. */
  readonly title: string
  readonly trailers: readonly Trailer[]
  /** Milliseconds since 1970. */
  readonly time: number
  readonly author?: Person
}

export interface Committed {
  readonly commit: Oid
  readonly subject: string
}

/**
 * Writes what the transaction changed to the ref's files as one commit, after a commit of its own for the folders that would
 * get too wide. Nothing where nothing differs from what is there. Ends the transaction.
 */
export async function commitTransaction(
  workspace: Workspace,
  ref: string,
  transaction: DatabaseTransaction,
  details: TransactionCommit,
): Promise<Committed | undefined> {
  const tables = await transaction.finish()
  const tree = workspace.tree(ref)
  await splitFolders(workspace, ref, tables, details)
  for (const table of tables) await writeTable(tree, table)
  const subject = subjectOf(details.title, transaction.changed)
  const commit = workspace.commit(ref, commitDetails(subject, details))
  return commit === null ? undefined : { commit, subject }
}

async function splitFolders(
  workspace: Workspace,
  ref: string,
  tables: readonly TableChanges[],
  details: TransactionCommit,
): Promise<void> {
  const tree = workspace.tree(ref)
  for (const { path, dropped, files } of tables) {
    if (dropped || files.size === 0) continue
    const fanout = tableFanout(tree, path)
    const put = [...files].filter(([, bytes]) => bytes !== null).map(([id]) => id)
    const removed = [...files].filter(([, bytes]) => bytes === null).map(([id]) => id)
    const moved = await fanout.splitFor(put, removed)
    if (moved > 0) workspace.commit(ref, commitDetails(splitSubjectOf(path, moved), { ...details, trailers: [] }))
  }
}

async function writeTable(tree: WorkingTree, { path, dropped, files }: TableChanges): Promise<void> {
  if (dropped) await tree.remove(path)
  const fanout = tableFanout(tree, path)
  // What goes makes room first: an id may come back in another case.
  for (const [id, bytes] of files) if (bytes === null) await fanout.remove(id)
  for (const [id, bytes] of files) if (bytes !== null) await fanout.put(id, bytes)
}

function commitDetails(subject: string, { trailers, time, author = commitbase }: TransactionCommit) {
  return { message: [subject, ...(trailers.length > 0 ? ['', formatTrailers(trailers)] : [])].join('\n'), author, time }
}

const commitbase: Person = { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' }
