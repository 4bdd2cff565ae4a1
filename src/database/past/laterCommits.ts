import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import type { IndexView } from '../index/indexView.ts'
import { blobAt, keyOf, type RecordName } from '../tables/recordChanges.ts'
import { type RecordLogEntry, recordLog } from './recordLog.ts'

/** A commit behind which records are not any more as one before it left them. */
export interface LaterCommit {
  readonly commit: Oid
  readonly isMerge: boolean
  readonly records: readonly string[]
}

export interface LaterContext {
  readonly history: BranchHistory
  readonly basedir: Path
  /** The indexes at the history's tip. */
  readonly index?: IndexView
}

/** The commits that another leads to and that made versions of the records that it changed, of those that are not as it left them. */
export async function laterCommits(context: LaterContext, reverted: RecordLogEntry): Promise<LaterCommit[]> {
  const { history } = context
  const later = (await laterInIndex(context, reverted)) ?? (await laterInLog(context, reverted))
  if (later.values().every((versions) => versions.length === 0)) return []
  // What was made beside it, and is not behind a merge that decided, is the same.
  const descends = await history.descendants(reverted.commit)
  const commits = new Map<Oid, LaterCommit & { records: string[] }>()
  for (const change of reverted.changes) {
    const key = keyOf(change)
    const versions = (later.get(key) ?? []).filter(({ commit }) => descends(commit))
    if (versions.length === 0 || (await isStill(context, reverted.commit, change, versions))) continue
    for (const { commit, isMerge } of versions) {
      const known = commits.get(commit) ?? { commit, isMerge, records: [] }
      commits.set(commit, known)
      known.records.push(key)
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
  { history, index }: LaterContext,
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
      keyOf(change),
      versions.slice(0, at).map(({ commit, blob }, place) => ({ commit, isMerge: isMerge(place), blob })),
    )
  }
  return later
}

async function laterInLog({ history, basedir }: LaterContext, reverted: RecordLogEntry): Promise<LaterVersions> {
  const folders = [...new Set(reverted.changes.map(({ table }) => table))].map((table) => [...basedir, table])
  const later = new Map(reverted.changes.map((change) => [keyOf(change), [] as LaterVersion[]]))
  for (const { commit, isMerge, changes } of await recordLog(history, basedir, folders, reverted))
    for (const change of changes) later.get(keyOf(change))?.push({ commit, isMerge, blob: change.after })
  return later
}

/**
 * Whether the record is as the commit left it although there are later versions, newest first: where merges took this one and left
 * out what others had made beside it.
 */
async function isStill(
  { history, basedir }: LaterContext,
  commit: Oid,
  record: RecordName,
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

/** Records of a commit, and versions of each, that the index is asked for. */
const mostAsked = 200
