import { takeBreaths } from '../../git/breath.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { FileChange, LogEntry } from '../../git/history/history.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { nameProblem } from './names.ts'
import { tableFanout } from './tableFolder.ts'

/** A record's blob before and after a commit; `null` where it was not there. */
export interface RecordChange {
  readonly table: string
  readonly id: string
  readonly before: Oid | null
  readonly after: Oid | null
}

/** A commit that changed records. */
export interface RecordLogEntry {
  readonly commit: Oid
  readonly changes: readonly RecordChange[]
}

/** The records among those files. One that only moved to another folder, as a split moves it, did not change. Others have a turn now and then. */
export async function recordChanges(files: readonly FileChange[], basedir: Path): Promise<RecordChange[]> {
  const changes = new Map<string, RecordChange>()
  const breath = takeBreaths()
  for (const { path, before, after } of files) {
    const pause = breath()
    if (pause) await pause
    const place = placeOf(path.slice(basedir.length))
    if (!place) continue
    const key = `${place.table}/${place.id}`
    const other = changes.get(key)
    changes.set(key, { ...place, before: before ?? other?.before ?? null, after: after ?? other?.after ?? null })
  }
  return [...changes.values()].filter(({ before, after }) => before !== after)
}

/** The commits behind the tip and not behind `since` that changed records at or below the paths, newest first. */
export async function recordLog(
  history: BranchHistory,
  basedir: Path,
  paths: readonly Path[],
  since?: Oid,
): Promise<RecordLogEntry[]> {
  const entries: RecordLogEntry[] = []
  for (const entry of await history.log(paths, since)) {
    const changes = await recordsOf(entry, history, basedir)
    if (changes.length > 0) entries.push({ commit: entry.commit, changes })
  }
  return entries
}

/** The records that a commit changed, of the files in which it differs from its parents. */
export async function recordsOf(
  entry: LogEntry,
  history: BranchHistory,
  basedir: Path,
): Promise<readonly RecordChange[]> {
  const changes = await recordChanges(entry.changes, basedir)
  return changes.length > 0 ? await withoutTaken(entry, changes, history, basedir) : changes
}

/** A merge across a split has a record in another place than one parent and with other bytes than the other: it took it from one all the same. */
async function withoutTaken(
  { commit, isMerge }: LogEntry,
  changes: readonly RecordChange[],
  history: BranchHistory,
  basedir: Path,
): Promise<readonly RecordChange[]> {
  if (!isMerge) return changes
  const kept: RecordChange[] = []
  const { parents } = await history.commit(commit)
  for (const change of changes) {
    const before = await Promise.all(parents.map((parent) => blobAt(history, parent, basedir, change)))
    if (!before.includes(change.after)) kept.push(change)
  }
  return kept
}

/** The record's blob at a commit. */
export async function blobAt(
  history: BranchHistory,
  commit: Oid,
  basedir: Path,
  { table, id }: Pick<RecordChange, 'table' | 'id'>,
): Promise<Oid | null> {
  const entry = await tableFanout(await history.tree(commit), [...basedir, table]).find(id)
  return entry?.oid ?? null
}

/** `<table>/<two digits>/…/<id>.json`. */
function placeOf(path: Path): Pick<RecordChange, 'table' | 'id'> | undefined {
  const [table, ...rest] = path
  const file = rest.pop()
  if (table === undefined || !file?.endsWith('.json') || !rest.every((name) => /^[0-9a-f]{2}$/.test(name)))
    return undefined
  const id = file.slice(0, -'.json'.length)
  return nameProblem(table) === undefined && nameProblem(id) === undefined ? { table, id } : undefined
}
