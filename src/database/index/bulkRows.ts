import type { JsonObject } from '../json.ts'
import { SortedRows } from './sortedRows.ts'
import { pack, type TableRows } from './tableRows.ts'

interface RecordRow {
  readonly order: string
  readonly id: string
  readonly packed: Buffer
}

/**
 * Rows of many records of a table that has none of them yet, on their way into the file: they go in sorted, since a tree whose
 * pages are touched one after the other takes them many times faster than one that is touched here and there.
 */
export class BulkRows {
  readonly #table: TableRows
  readonly #records = new SortedRows<RecordRow>()
  readonly #entries: readonly SortedRows<{ readonly order: string; readonly id: string }>[]
  /** How many records wait. */
  count = 0

  constructor(table: TableRows) {
    this.#table = table
    this.#entries = table.indexes.map(() => new SortedRows())
  }

  add(id: string, record: JsonObject | 'unreadable'): void {
    const entries = this.#table.entriesOf(record)
    this.#records.add({ order: '', id, packed: pack(entries) })
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
      if (!passed.has(id)) this.#table.addRecord(id, packed)
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
