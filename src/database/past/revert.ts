import { CommitbaseError } from '../../errors.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Soon } from '../../git/soon.ts'
import { shown } from '../json/json.ts'
import { commitNamed } from '../queries/at.ts'
import type { Receipt } from '../receipts/receipt.ts'
import { readRecord, type StoredRecord } from '../tables/record.ts'
import { type RecordChange, recordChanges } from '../tables/recordChanges.ts'
import { type LaterCommit, type LaterContext, laterCommits } from './laterCommits.ts'

/** What is to be undone: an event, by its id and source (default: the source of the event that asks), or a commit. */
export type RevertTarget = EventTarget | { readonly commit: string }

interface EventTarget {
  readonly event: string
  readonly source?: string
}

export interface RevertOptions {
  /** Undoes it although later commits changed the same records; what those wrote there is lost. */
  readonly force?: boolean
}

export interface Reverted {
  /** The commit that was undone. */
  readonly revertedCommit: Oid
  readonly revertedRecords: readonly { readonly table: string; readonly id: string }[]
}

export interface RevertContext extends LaterContext {
  /** The source of the event that asks. */
  readonly source?: string
  readonly findReceipt?: (source: string, id: string) => Soon<Receipt | undefined>
}

/** What has to be written to undo a commit: the record as it was before, or nothing where it was not there. */
export interface Undo {
  readonly table: string
  readonly id: string
  readonly record: StoredRecord | undefined
  /** The blob that the commit left. */
  readonly after: Oid | null
}

export interface RevertPlan {
  readonly commit: Oid
  readonly undo: readonly Undo[]
  /** The later commits that changed the same records, of those that are not any more as this one left them. */
  readonly later: readonly LaterCommit[]
}

/** Finds out what undoing means. Throws `not_found` or `invalid` where there is nothing that could be undone. */
export async function planRevert(context: RevertContext, target: RevertTarget): Promise<RevertPlan> {
  const { history, basedir } = context
  const commit =
    'event' in target ? await commitOf(context, target) : await commitNamed(history, target.commit, 'commit')
  const parents = await history.parents(commit)
  if (parents.length < (await history.commit(commit)).parents.length)
    throw new CommitbaseError(
      'invalid',
      `commit ${commit} is where this repository's history is cut off (a shallow clone, or a graft): what was before it is not here; fetch it (git fetch --unshallow)`,
    )
  if (parents.length > 1)
    throw new CommitbaseError('invalid', `commit ${commit} is a merge; revert the commits that it brought, one by one`)
  const changes = await recordChanges(await history.compare(parents[0] ?? null, commit, [basedir]), basedir)
  if (changes.length === 0)
    throw new CommitbaseError(
      'invalid',
      `commit ${commit} changed no record: there is nothing to revert (a SPLIT only moves files)`,
    )
  return {
    commit,
    undo: await readBefore(history, changes),
    later: await laterCommits(context, { commit, isMerge: false, changes }),
  }
}

/** Says which records were changed since, and by which commits. */
export function refuseLater({ commit, later }: RevertPlan): void {
  if (later.length === 0) return
  const listed = later
    .slice(0, mostListed)
    .map(
      ({ commit, isMerge, records }) => `${isMerge ? 'the merge ' : ''}${commit.slice(0, 10)} changed ${some(records)}`,
    )
  const rest = later.length > mostListed ? ` and ${later.length - mostListed} more commits` : ''
  const first = later.some(({ isMerge }) => isMerge) ? 'Write the records as they should be' : 'Revert those first'
  throw new CommitbaseError(
    'conflict',
    `commit ${commit} cannot be reverted: later commits changed the same records: ${listed.join('; ')}${rest}. ${first}, or give force: true to lose what they wrote there`,
  )
}

async function commitOf({ findReceipt, source }: RevertContext, target: EventTarget): Promise<Oid> {
  const from = target.source ?? source
  if (from === undefined)
    throw new CommitbaseError(
      'invalid',
      `source is needed to find the event ${shown(target.event)}: the same id may come from two`,
    )
  const receipt = await findReceipt?.(from, target.event)
  if (!receipt)
    throw new CommitbaseError(
      'not_found',
      `there is no receipt of event ${shown(target.event)} of ${from}; look at its id and source, or name a commit`,
    )
  if (receipt.commit) return receipt.commit
  const why = receipt.status === 'done' ? 'it changed nothing' : `it was ${receipt.status} (${receipt.error?.code})`
  throw new CommitbaseError(
    'invalid',
    `event ${shown(target.event)} of ${from} made no commit: ${why}; there is nothing to revert`,
  )
}

async function readBefore(history: BranchHistory, changes: readonly RecordChange[]): Promise<Undo[]> {
  const bytes = await history.blobs(changes.flatMap(({ before }) => before ?? []))
  let at = 0
  return changes.map(({ table, id, before, after }) => {
    const record = before === null ? undefined : recordOf(bytes[at++]!, table, id)
    return { table, id, record, after }
  })
}

function recordOf(bytes: Buffer, table: string, id: string): StoredRecord {
  const read = readRecord(bytes, id)
  if ('record' in read) return read.record
  throw new CommitbaseError(
    'invalid',
    `'${id}' in ${table} cannot be restored: its file held no record then: ${read.reason}`,
  )
}

const mostListed = 5

function some(records: readonly string[]): string {
  const rest = records.length > mostListed ? ` and ${records.length - mostListed} more` : ''
  return `${records.slice(0, mostListed).join(', ')}${rest}`
}
