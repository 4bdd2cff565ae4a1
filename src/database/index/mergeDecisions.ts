import { takeBreaths } from '../../git/breath.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { LogEntry } from '../../git/history/history.ts'
import type { Lineage } from '../../git/history/lineage.ts'
import { type Side, Sides } from '../../git/history/sides.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { isDecided, type MergedRecord } from '../tables/mergedRecords.ts'
import { blobAt, type RecordChange, type RecordName, recordChanges } from '../tables/recordChanges.ts'
import type { CommitVersion } from './commitVersions.ts'
import type { VersionsOf } from './versionHistory.ts'
import { type RecordVersion, versionKey } from './versionSegments.ts'

type MergeEntry = Pick<LogEntry, 'commit' | 'parents'>

/**
 * Of which records a merge is a version (`isDecided`), told commit by commit, each behind its parents. Of a merge's sides the one that
 * changed more is asked for single records, and compared with the merge; the commits of the others are gone through.
 */
export class MergeDecisions {
  readonly #history: BranchHistory
  readonly #basedir: Path
  readonly #versionsOf: VersionsOf
  /** The records of which commits made versions, of the last ones that did not make very many. */
  readonly #made = new Map<Oid, readonly RecordName[]>()
  #kept = 0
  /** How many the others made. */
  readonly #large = new Map<Oid, number>()
  #lineage: Lineage | undefined

  constructor(history: BranchHistory, basedir: Path, versionsOf: VersionsOf) {
    this.#history = history
    this.#basedir = basedir
    this.#versionsOf = versionsOf
  }

  /** A commit made versions of those, and of more where that goes on. */
  note(commit: Oid, records: readonly RecordName[], goesOn = false): void {
    const before = this.#large.get(commit)
    if (before !== undefined || goesOn || records.length > mostOfOne) {
      this.#large.set(commit, (before ?? 0) + records.length)
      if (this.#large.size > mostLarge) this.#large.delete(this.#large.keys().next().value!)
      return
    }
    this.#made.set(commit, records)
    this.#kept += records.length
    for (const [oldest, made] of this.#made) {
      if (this.#kept <= mostKept && this.#made.size <= mostKept) break
      this.#made.delete(oldest)
      this.#kept -= made.length
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
    const changes = await this.#changes(parents[main]!, commit)
    const differing = new Map(changes.map((change) => [keyOf(change), change]))
    const changed = await Promise.all(
      parents.map((_, parent) => (parent === main ? new Map() : this.#recordsOf(sides.only(parent, main)))),
    )
    const names = new Map<string, RecordName>([...differing, ...changed.flatMap((records) => [...records])])
    // What does not differ from the main parent is as it is there.
    const alike = [...names].filter(([key]) => !differing.has(key))
    const same = await this.#blobsAt(parents[main]!, alike)
    const blobs: ReadonlyMap<string, Oid | null>[] = []
    for (const [parent, oid] of parents.entries()) blobs.push(parent === main ? same : await this.#blobsAt(oid, names))
    const decided: MergedRecord[] = []
    const breath = takeBreaths()
    for (const [key, { table, id }] of names) {
      const pause = breath()
      if (pause) await pause
      const before = blobs.map((known) => known.get(key) ?? null)
      const change = differing.get(key)
      if (change) before[main] = change.before
      const record = { table, id, before, after: change ? change.after : before[main]! }
      const versions = this.#placesOf(key)
      const isChanged = (parent: number, other: number) =>
        other === main ? changed[parent]!.has(key) : isAnyIn(versions(), sides.only(parent, other))
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
    let weight = side.places.length
    for (const [commit, count] of this.#large) if (side.has(this.#lineage!.place(commit))) weight += count
    return weight
  }

  /** The records of which those commits made versions. */
  async #recordsOf(side: Side): Promise<Map<string, RecordName>> {
    const records = new Map<string, RecordName>()
    const breath = takeBreaths()
    for (const place of side.places) {
      const pause = breath()
      if (pause) await pause
      for (const name of await this.#madeBy(place)) records.set(keyOf(name), name)
    }
    return records
  }

  async #madeBy(place: number): Promise<readonly RecordName[]> {
    const lineage = this.#lineage!
    const commit = lineage.oid(place)
    const made = this.#made.get(commit)
    if (made) return made
    const parents = lineage.parents(place).map((parent) => lineage.oid(parent))
    if (parents.length > 1) return await this.#decided({ commit, parents })
    return await this.#changes(parents[0] ?? null, commit)
  }

  async #changes(from: Oid | null, to: Oid): Promise<RecordChange[]> {
    return await recordChanges(await this.#history.compare(from, to, [this.#basedir]), this.#basedir)
  }

  async #blobsAt(commit: Oid, names: Iterable<[string, RecordName]>): Promise<Map<string, Oid | null>> {
    const blobs = new Map<string, Oid | null>()
    const breath = takeBreaths()
    for (const [key, name] of names) {
      const pause = breath()
      if (pause) await pause
      blobs.set(key, await blobAt(this.#history, commit, this.#basedir, name))
    }
    return blobs
  }

  /** Where the record's versions are, newest first: each is looked for once, however often they are asked for. */
  #placesOf(key: string): () => Iterable<number> {
    const known: number[] = []
    let versions: Iterator<RecordVersion> | undefined
    const [versionsOf, lineage] = [this.#versionsOf, this.#lineage!]
    return function* () {
      yield* known
      versions ??= versionsOf(key)[Symbol.iterator]()
      for (let next = versions.next(); !next.done; next = versions.next()) {
        const place = lineage.place(next.value.commit)
        known.push(place)
        yield place
      }
    }
  }
}

function isAnyIn(places: Iterable<number>, side: Side): boolean {
  if (side.places.length === 0) return false
  for (const place of places) if (side.has(place)) return true
  return false
}

function keyOf({ table, id }: RecordName): string {
  return versionKey(table, id)
}

/** Records, of one commit and of all, and commits of more. */
const mostOfOne = 1_000
const mostKept = 50_000
const mostLarge = 100
