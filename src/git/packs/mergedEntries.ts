import { sortByOid } from './packIndex.ts'
import type { PackSource } from './packSource.ts'
import { tableEntry } from './packTable.ts'

/** An entry of one of several packs. */
export interface Place {
  /** Which of the packs. */
  readonly source: number
  readonly offset: number
}

/** The objects that more than one of the packs have: the first is the one that counts. */
export interface Twins {
  /** Of each pack, by offset: the entries that an earlier pack has, and where. */
  readonly of: readonly ReadonlyMap<number, Place>[]
  /** How many objects there are without them, by the first byte of their ids. */
  readonly counts: readonly number[]
}

export function twinsOf(sources: readonly PackSource[]): Twins {
  const of = sources.map(() => new Map<number, Place>())
  const counts = Array.from({ length: 256 }, (_, byte) => {
    const { table, sorted, placeOf } = mergedEntries(sources, byte)
    let last = -1
    let count = 0
    for (const entry of sorted) {
      if (last < 0 || table.compare(table, last, last + 20, entry, entry + 20) !== 0) {
        last = entry
        count += 1
        continue
      }
      const [kept, other] = [placeOf(last), placeOf(entry)]
      // A pack of git's may hold an object twice, and its index lists them in any order.
      const isBefore = other.source === kept.source && other.offset < kept.offset
      const [first, twin] = isBefore ? [other, kept] : [kept, other]
      of[twin.source]!.set(twin.offset, first)
      if (isBefore) last = entry
    }
    return count
  })
  return { of, counts }
}

/** The entries of several packs whose ids begin alike. */
export interface MergedEntries {
  /** As in a `PackTable`, a pack behind the other. */
  readonly table: Buffer
  /** Where each entry is in it, in the order of their ids; of the same id in the order of the packs. */
  readonly sorted: Iterable<number>
  /** Of which pack the entry there is. */
  placeOf(entry: number): Place
}

export function mergedEntries(sources: readonly PackSource[], first: number): MergedEntries {
  const tables = sources.map(({ index }) => index.table(first))
  const table = Buffer.concat(tables)
  const packs = new Uint16Array(table.length / tableEntry)
  let count = 0
  for (const [source, { length }] of tables.entries()) {
    packs.fill(source, count)
    count += length / tableEntry
  }
  return {
    table,
    sorted: sortByOid(table).map((place) => place * tableEntry),
    placeOf: (entry) => ({ source: packs[entry / tableEntry]!, offset: table.readUInt32BE(entry + 24) }),
  }
}
