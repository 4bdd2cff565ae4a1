import type { Person } from '../../git/objects/commit.ts'
import type { Oid } from '../../git/objects/object.ts'
import { commitbase } from '../../git/objects/ownCommits.ts'
import type { Fanout } from '../../git/trees/fanout.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { Workspace } from '../../git/workspace.ts'
import type { IndexView } from '../index/indexView.ts'
import type { NotedCommit, TouchedTable, WrittenRecord } from '../index/pendingCommits.ts'
import { refuseDuplicates } from '../index/unique.ts'
import type { KnownFingerprints } from '../tables/knownFingerprints.ts'
import type { EncodedRecord, TableChanges } from '../tables/table.ts'
import { splitSubjectOf, subjectOf } from './subject.ts'
import { formatTrailers, type Trailer } from './trailers.ts'
import type { DatabaseTransaction } from './transaction.ts'

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
  /** What it knows of what blobs say. */
  readonly fingerprints: KnownFingerprints
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
  const refusal = refuseDuplicates(tree, tables, details.index?.at(parent))
  if (refusal) await refusal
  for (const table of tables) {
    const room = tree.now(() => splitFolders(table))
    const moved = room instanceof Promise ? await room : room
    if (moved === 0) continue
    workspace.commit(ref, commitDetails(splitSubjectOf(table.path, moved), { ...details, trailers: [] }))
  }
  const written = tree.now(() => tables.map((table) => writeTable(tree, table)))
  const touched = written instanceof Promise ? await written : written
  const subject = subjectOf(details.title, transaction.changed)
  const split = workspace.tip(ref)
  const commit = workspace.commit(ref, commitDetails(subject, details))
  if (split !== parent) details.index?.note({ parent, commit: split!, tables: [] })
  if (commit === null) return undefined
  details.index?.note({ parent: split, commit, tables: touched })
  return { commit, subject }
}

/** Makes room for what is written, by moves alone. Gives how many files moved. */
function splitFolders({ fanout, dropped, files }: TableChanges): number {
  if (dropped || files.size === 0) return 0
  const put: string[] = []
  const removed: string[] = []
  for (const [id, file] of files) (file === null ? removed : put).push(id)
  return fanout.splitForNow(put, removed)
}

function writeTable(tree: WorkingTree, { path, fanout, dropped, files }: TableChanges): TouchedTable {
  if (dropped) tree.removeNow(path)
  // What goes makes room first: an id may come back in another case.
  for (const [id, file] of files) if (file === null) fanout.removeNow(id)
  const records = new Map<string, WrittenRecord | null>()
  for (const [id, file] of files) records.set(id, file && writeRecord(fanout, id, file))
  return { name: path.at(-1)!, dropped, records }
}

function writeRecord(fanout: Fanout, id: string, { bytes, fingerprint }: EncodedRecord): WrittenRecord {
  const replaced = fanout.findNow(id)?.oid
  return { bytes, fingerprint, replaced, blob: fanout.putNow(id, bytes).oid }
}

function commitDetails(subject: string, { trailers, time, author = commitbase }: TransactionCommit) {
  return { message: trailers.length > 0 ? `${subject}\n\n${formatTrailers(trailers)}` : subject, author, time }
}
