import type { Person } from '../git/commit.ts'
import type { Oid } from '../git/object.ts'
import type { WorkingTree } from '../git/workingTree.ts'
import type { Workspace } from '../git/workspace.ts'
import type { IndexView } from './index/indexView.ts'
import type { NotedCommit, TouchedTable, WrittenRecord } from './index/pendingCommits.ts'
import { splitSubjectOf, subjectOf } from './subject.ts'
import { type TableChanges, tableFanout } from './table.ts'
import { formatTrailers, type Trailer } from './trailers.ts'
import type { DatabaseTransaction } from './transaction.ts'
import { refuseDuplicates } from './unique.ts'

export interface TransactionCommit {
  /** What the subject says of more than one change: the operation, or the event's type. */
  readonly title: string
  readonly trailers: readonly Trailer[]
  /** Milliseconds since 1970. */
  readonly time: number
  readonly author?: Person
  /** Is told of the commits as they are made, and knows who holds a unique key. */
  readonly index?: CommitFollower
}

/** What follows the branch's records, such as a `RecordIndex`. */
export interface CommitFollower {
  at(commit: Oid | null): IndexView
  note(commit: NotedCommit): void
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
  const parent = workspace.tip(ref)
  await refuseDuplicates(tree, tables, details.index?.at(parent))
  await splitFolders(workspace, ref, tables, details)
  const touched: TouchedTable[] = []
  for (const table of tables) touched.push(await writeTable(tree, table))
  const subject = subjectOf(details.title, transaction.changed)
  const split = workspace.tip(ref)
  const commit = workspace.commit(ref, commitDetails(subject, details))
  if (split !== parent) details.index?.note({ parent, commit: split!, tables: [] })
  if (commit === null) return undefined
  details.index?.note({ parent: split, commit, tables: touched })
  return { commit, subject }
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
    const put: string[] = []
    const removed: string[] = []
    for (const [id, bytes] of files) (bytes === null ? removed : put).push(id)
    const moved = await tableFanout(tree, path).splitFor(put, removed)
    if (moved > 0) workspace.commit(ref, commitDetails(splitSubjectOf(path, moved), { ...details, trailers: [] }))
  }
}

async function writeTable(tree: WorkingTree, { path, dropped, files }: TableChanges): Promise<TouchedTable> {
  if (dropped) await tree.remove(path)
  const fanout = tableFanout(tree, path)
  // What goes makes room first: an id may come back in another case.
  for (const [id, bytes] of files) if (bytes === null) await fanout.remove(id)
  const records = new Map<string, WrittenRecord | null>()
  for (const [id, bytes] of files)
    records.set(id, bytes === null ? null : { blob: (await fanout.put(id, bytes)).oid, bytes })
  return { name: path.at(-1)!, dropped, records }
}

function commitDetails(subject: string, { trailers, time, author = commitbase }: TransactionCommit) {
  return { message: trailers.length > 0 ? `${subject}\n\n${formatTrailers(trailers)}` : subject, author, time }
}

const commitbase: Person = { name: 'Commitbase', email: 'commitbase@users.noreply.github.com' }
