import { takeBreaths } from '../../git/breath.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { LogEntry } from '../../git/history/history.ts'
import type { Lineage } from '../../git/history/lineage.ts'
import { type Side, Sides } from '../../git/history/sides.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { isDecided, type MergedRecord } from '../tables/mergedRecords.ts'
import { blobAt, type RecordChange, recordChanges } from '../tables/recordChanges.ts'
import type { CommitVersion } from './commitVersions.ts'
import type { VersionsOf } from './versionHistory.ts'
import { versionKey } from './versionSegments.ts'

type RecordName = Pick<RecordChange, 'table' | 'id'>

type MergeEntry = Pick<LogEntry, 'commit' | 'parents'>

/**
 * Of which records a merge is a version (`isDecided`), told commit by commit, each behind its parents. Of a merge's sides the one that
 * changed more is asked for single records, and compared with the merge; the commits of the others are gone through.
 */
export class MergeDecisions {
  readonly #history: BranchHistory
  readonly #basedir: Path
  readonly #versionsOf: VersionsOf
  /** What commits made versions of, of the last ones: how many records, and which where they are not very many. */
  readonly #made = new Map<Oid, { count: number; records: readonly RecordName[] | undefined }>()
  #kept = 0
  #lineage: Lineage | undefined

  constructor(history: BranchHistory, basedir: Path, versionsOf: VersionsOf) {
    this.#history = history
    this.#basedir = basedir
    this.#versionsOf = versionsOf
  }

  /** A commit made versions of those, and of more where that goes on. */
  note(commit: Oid, records: readonly RecordName[], goesOn = false): void {
    const known = this.#made.get(commit)
    const count = (known?.count ?? 0) + records.length
    const isWhole = !known && !goesOn && count <= mostOfOne
    this.#made.set(commit, { count, records: isWhole ? records : undefined })
    if (isWhole) this.#kept += count
    for (const [oldest, made] of this.#made) {
      if (this.#kept <= mostKept && this.#made.size <= mostKept) break
      this.#made.delete(oldest)
      this.#kept -= made.records?.length ?? 0
    }
  }

  /** The versions that a merge made. */
  async of(merge: MergeEntry): Promise<CommitVersion[]> {
    const decided = await this.#decided(merge)
    this.note(merge.commit, decided)
    return decided.map((record) => ({ key: keyOf(record), blob: record.after }))
  }

  async #decided({ commit, parents }: MergeEntry): Promise<readonly MergedRecord[]> {
    this.#lineage ??= (await this.#history.lineage())!
    const sides = new Sides(this.#lineage, parents)
    const main = this.#mainOf(sides, parents)
    const differing = await this.#changes(parents[main]!, commit)
    const changed = await Promise.all(
      parents.map((_, parent) => (parent === main ? new Map() : this.#recordsOf(sides.only(parent, main)))),
    )
    const names = new Map<string, RecordName>([...byKey(differing), ...changed.flatMap((records) => [...records])])
    const decided: MergedRecord[] = []
    const breath = takeBreaths()
    for (const [key, name] of names) {
      const pause = breath()
      if (pause) await pause
      const record = await this.#merged(name, commit, parents)
      const isChanged = (parent: number, other: number) =>
        other === main ? changed[parent]!.has(key) : this.#isIn(key, sides.only(parent, other))
      if (isDecided(record, isChanged)) decided.push(record)
    }
    return decided
  }

  /** The parent whose side changed the most records. */
  #mainOf(sides: Sides, parents: readonly Oid[]): number {
    const weights = parents.map((_, parent) =>
      Math.max(...parents.map((_, other) => (other === parent ? 0 : this.#weightOf(sides.only(parent, other))))),
    )
    return weights.indexOf(Math.max(...weights))
  }

  #weightOf(side: Side): number {
    // Very many commits are most often the larger side, and looking at them would take a while.
    if (side.places.length > mostOfOne) return side.places.length
    let weight = 0
    for (const place of side.places) weight += this.#made.get(this.#lineage!.oid(place))?.count ?? 1
    return weight
  }

  /** The records of which those commits made versions. */
  async #recordsOf(side: Side): Promise<Map<string, RecordName>> {
    const records = new Map<string, RecordName>()
    const breath = takeBreaths()
    for (const place of side.places) {
      const pause = breath()
      if (pause) await pause
      for (const name of await this.#madeBy(this.#lineage!.oid(place))) records.set(keyOf(name), name)
    }
    return records
  }

  async #madeBy(commit: Oid): Promise<readonly RecordName[]> {
    const made = this.#made.get(commit)
    if (made?.records) return made.records
    const { parents } = await this.#history.commit(commit)
    if (parents.length > 1) return await this.#decided({ commit, parents })
    return await this.#changes(parents[0] ?? null, commit)
  }

  async #changes(from: Oid | null, to: Oid): Promise<RecordChange[]> {
    return await recordChanges(await this.#history.compare(from, to, [this.#basedir]), this.#basedir)
  }

  async #merged(name: RecordName, commit: Oid, parents: readonly Oid[]): Promise<MergedRecord> {
    const blobIn = (state: Oid) => blobAt(this.#history, state, this.#basedir, name)
    const before: (Oid | null)[] = []
    for (const parent of parents) before.push(await blobIn(parent))
    return { table: name.table, id: name.id, before, after: await blobIn(commit) }
  }

  #isIn(key: string, side: Side): boolean {
    if (side.places.length === 0) return false
    for (const { commit } of this.#versionsOf(key)) if (side.has(this.#lineage!.place(commit))) return true
    return false
  }
}

function keyOf({ table, id }: RecordName): string {
  return versionKey(table, id)
}

function byKey(changes: readonly RecordChange[]): [string, RecordName][] {
  return changes.map((change) => [keyOf(change), change])
}

/** Records, of one commit and of all. */
const mostOfOne = 5_000
const mostKept = 50_000
