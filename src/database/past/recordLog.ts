import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { LogEntry } from '../../git/history/history.ts'
import type { Lineage } from '../../git/history/lineage.ts'
import { Sides } from '../../git/history/sides.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { isDecided, type MergedRecord, mergedRecords } from '../tables/mergedRecords.ts'
import { keyOf, type RecordChange, recordChanges } from '../tables/recordChanges.ts'

/** A commit and the records of which it made a version. */
export interface RecordLogEntry {
  readonly commit: Oid
  readonly isMerge: boolean
  readonly changes: readonly RecordChange[]
}

/**
 * The commits behind the tip that made versions of records at or below the paths, newest first; of merges where they decided
 * (`isDecided`). With `since`, which says what it changed itself, those that are not behind that.
 */
export async function recordLog(
  history: BranchHistory,
  basedir: Path,
  paths: readonly Path[],
  since?: RecordLogEntry,
): Promise<RecordLogEntry[]> {
  const log = await history.log(paths, since?.commit)
  const isTangled = log.some(({ parents }) => parents.length > 1)
  const merges = isTangled ? new Merges(history, (await history.lineage())!, basedir, paths) : undefined
  if (since) merges?.note(since)
  const entries: RecordLogEntry[] = []
  for (const entry of log.toReversed()) {
    const isMerge = entry.parents.length > 1
    const changes = isMerge ? await merges!.changes(entry) : await recordChanges(entry.changes, basedir)
    if (changes.length === 0) continue
    const made = { commit: entry.commit, isMerge, changes }
    entries.push(made)
    merges?.note(made)
  }
  return entries.reverse()
}

/** What merges decided, told from the first commit on: which versions led to which parent. */
class Merges {
  readonly #history: BranchHistory
  readonly #lineage: Lineage
  readonly #basedir: Path
  readonly #paths: readonly Path[]
  /** The places of the commits that made versions of a record. */
  readonly #versions = new Map<string, number[]>()

  constructor(history: BranchHistory, lineage: Lineage, basedir: Path, paths: readonly Path[]) {
    this.#history = history
    this.#lineage = lineage
    this.#basedir = basedir
    this.#paths = paths
  }

  note({ commit, changes }: RecordLogEntry): void {
    const place = this.#lineage.place(commit)
    for (const change of changes) {
      const versions = this.#versions.get(keyOf(change))
      if (versions) versions.push(place)
      else this.#versions.set(keyOf(change), [place])
    }
  }

  async changes({ commit, parents }: LogEntry): Promise<RecordChange[]> {
    const compared: RecordChange[][] = []
    for (const parent of parents) {
      const files = await this.#history.compare(parent, commit, this.#paths)
      compared.push(await recordChanges(files, this.#basedir))
    }
    const sides = new Sides(this.#lineage, parents)
    const isOwn = (record: MergedRecord) =>
      isDecided(record, (parent, other) => {
        const side = sides.only(parent, other)
        return this.#versions.get(keyOf(record))?.some((place) => side.has(place)) ?? false
      })
    return mergedRecords(compared)
      .filter(isOwn)
      .map(({ table, id, before, after }) => ({ table, id, before: before[0]!, after }))
  }
}
