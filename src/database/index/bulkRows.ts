import type { JsonObject } from '../json/json.ts'
import { SortedRuns } from '../tables/sortedRuns.ts'
import { pack, type TableRows } from './tableRows.ts'

interface RecordRow {
  readonly id: string
  /** Of `pack`, as Latin-1: a buffer of some bytes takes several times their memory. */
  readonly packed: string
}

interface EntryRow {
  /** Standing and key, as the table sorts them. */
  readonly order: string
  readonly id: string
}

/**
 * Rows of many records of a table that has none of them yet, on their way into the file: they go in sorted, since a tree whose
 * pages are touched one after the other takes them many times faster than one that is touched here and there.
 */
export class BulkRows {
  readonly #table: TableRows
  readonly #records = new SortedRuns<RecordRow>(compareIds)
  readonly #entries: readonly SortedRuns<EntryRow>[]
  /** How many records wait. */
  count = 0

  constructor(table: TableRows) {
    this.#table = table
    this.#entries = table.indexes.map(() => new SortedRuns(compareEntries))
  }

  add(id: string, record: JsonObject | 'unreadable'): void {
    const entries = this.#table.entriesOf(record)
    this.#records.add({ id, packed: pack(entries).toString('latin1') })
    for (const [place, list] of entries.entries()) {
      for (const { standing, key } of list)
        this.#entries[place]!.add({ order: String.fromCharCode(standing) + key.toString('latin1'), id })
    }
    this.count++
  }

  /**
   * Puts all that waits into the file, one row a step, but those of `passed` records. A record's own row comes before its entries:
   * who replaces it meanwhile takes away what is there, and passes the rest.
   */
  *insert(passed: ReadonlySet<string>): Generator<'record' | 'entry'> {
    this.count = 0
    for (const { id, packed } of this.#records.take()) {
      if (!passed.has(id)) this.#table.addRecord(id, Buffer.from(packed, 'latin1'))
      yield 'record'
    }
    for (const [place, rows] of this.#entries.entries()) {
      for (const { order, id } of rows.take()) {
        const key = Buffer.from(order.slice(1), 'latin1')
        if (!passed.has(id)) this.#table.addEntry(place, { standing: order.charCodeAt(0), key }, id)
        yield 'entry'
      }
    }
  }
}

function compareIds(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

function compareEntries(one: EntryRow, other: EntryRow): number {
  if (one.order !== other.order) return one.order < other.order ? -1 : 1
  return compareIds(one, other)
}
