import { CommitbaseError } from '../../errors.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Soon } from '../../git/soon.ts'
import type { Path } from '../../git/trees/path.ts'
import type { IndexView } from '../index/indexView.ts'
import { shown } from '../json/json.ts'
import { commitNamed } from '../queries/at.ts'
import type { Receipt } from '../receipts/receipt.ts'
import { readRecord, type StoredRecord } from '../tables/record.ts'
import { blobAt, type RecordChange, recordChanges } from '../tables/recordChanges.ts'
import { type RecordLogEntry, recordLog } from './recordLog.ts'

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

export interface RevertContext {
  readonly history: BranchHistory
  readonly basedir: Path
  /** The source of the event that asks. */
  readonly source?: string
  readonly findReceipt?: (source: string, id: string) => Soon<Receipt | undefined>
  /** The indexes at the history's tip. */
  readonly index?: IndexView
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

interface LaterCommit {
  readonly commit: Oid
  readonly isMerge: boolean
  readonly records: readonly string[]
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

async function laterCommits(context: RevertContext, reverted: RecordLogEntry): Promise<LaterCommit[]> {
  const { history } = context
  const later = (await laterInIndex(context, reverted)) ?? (await laterInLog(context, reverted))
  if (later.values().every((versions) => versions.length === 0)) return []
  // What was made beside it, and is not behind a merge that decided, is the same.
  const descends = await history.descendants(reverted.commit)
  const commits = new Map<Oid, LaterCommit & { records: string[] }>()
  for (const change of reverted.changes) {
    const place = placeOf(change)
    const versions = (later.get(place) ?? []).filter(({ commit }) => descends(commit))
    if (versions.length === 0 || (await isStill(context, reverted.commit, change, versions))) continue
    for (const { commit, isMerge } of versions) {
      const known = commits.get(commit) ?? { commit, isMerge, records: [] }
      commits.set(commit, known)
      known.records.push(place)
    }
  }
  return [...commits.values()]
}

/** Versions of each record that came after a commit or beside it, newest first. */
type LaterVersions = ReadonlyMap<string, readonly LaterVersion[]>

interface LaterVersion {
  readonly commit: Oid
  readonly isMerge: boolean
  readonly blob: Oid | null
}

/** Nothing where the index does not tell, or many records or versions would have to be asked for. */
async function laterInIndex(
  { history, index }: RevertContext,
  { commit, changes }: RecordLogEntry,
): Promise<LaterVersions | undefined> {
  if (!index || changes.length > mostAsked) return undefined
  const later = new Map<string, LaterVersion[]>()
  for (const change of changes) {
    const versions = index.versions(change.table, change.id, { limit: mostAsked }) ?? []
    const at = versions.findIndex((version) => version.commit === commit)
    if (at < 0) return undefined
    const commits = await history.commits(versions.slice(0, at).map(({ commit }) => commit))
    const isMerge = (place: number) => commits[place]!.parents.length > 1
    later.set(
      placeOf(change),
      versions.slice(0, at).map(({ commit, blob }, place) => ({ commit, isMerge: isMerge(place), blob })),
    )
  }
  return later
}

async function laterInLog({ history, basedir }: RevertContext, reverted: RecordLogEntry): Promise<LaterVersions> {
  const folders = [...new Set(reverted.changes.map(({ table }) => table))].map((table) => [...basedir, table])
  const later = new Map(reverted.changes.map((change) => [placeOf(change), [] as LaterVersion[]]))
  for (const { commit, isMerge, changes } of await recordLog(history, basedir, folders, reverted))
    for (const change of changes) later.get(placeOf(change))?.push({ commit, isMerge, blob: change.after })
  return later
}

/**
 * Whether the record is as the commit left it although there are later versions, newest first: where merges took this one and left
 * out what others had made beside it.
 */
async function isStill(
  { history, basedir }: RevertContext,
  commit: Oid,
  record: RecordChange,
  later: readonly LaterVersion[],
): Promise<boolean> {
  const states = [history.tip!]
  const seen = new Set(states)
  for (let state = states.pop(); state !== undefined; state = states.pop()) {
    const last = await newestBehind(history, later, state)
    if (!last && (await history.isBehind(commit, state))) return true
    if (!last?.isMerge) continue
    for (const parent of await history.parents(last.commit)) {
      if (seen.has(parent) || (await blobAt(history, parent, basedir, record)) !== last.blob) continue
      seen.add(parent)
      states.push(parent)
    }
  }
  return false
}

async function newestBehind(history: BranchHistory, versions: readonly LaterVersion[], state: Oid) {
  if (state === history.tip) return versions[0]
  for (const version of versions) if (await history.isBehind(version.commit, state)) return version
  return undefined
}

function placeOf({ table, id }: RecordChange): string {
  return `${table}/${id}`
}

const mostListed = 5
/** Records of a commit, and versions of each, that the index is asked for. */
const mostAsked = 200

function some(records: readonly string[]): string {
  const rest = records.length > mostListed ? ` and ${records.length - mostListed} more` : ''
  return `${records.slice(0, mostListed).join(', ')}${rest}`
}
