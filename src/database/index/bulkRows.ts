import type { JsonObject } from '../json/json.ts'
import { SortedRuns } from '../tables/sortedRuns.ts'
import { pack, type TableRows } from './tableRows.ts'

/**
 * Rows of many records of a table that has none of them yet, on their way into the file: they go in sorted, since a tree whose
 * pages are touched one after the other takes them many times faster than one that is touched here and there. Each row is one
 * text, bytes as Latin-1: an object of its own, or a buffer of some bytes, takes several times the memory, and the time to collect it.
 */
export class BulkRows {
  readonly #table: TableRows
  /** An id, and the entries of `pack`. */
  readonly #records = new SortedRuns(compareTexts)
  /** Standing and key, as the table sorts them, and an id. */
  readonly #entries: readonly SortedRuns<string>[]
  /** How many records wait. */
  count = 0

  constructor(table: TableRows) {
    this.#table = table
    this.#entries = table.indexes.map(() => new SortedRuns(compareTexts))
  }

  add(id: string, record: JsonObject | 'unreadable'): void {
    const entries = this.#table.entriesOf(record)
    const name = bytesOf(id)
    this.#records.add(textOf(`${name}\0`, pack(entries)))
    for (const [place, list] of entries.entries()) {
      for (const { standing, key } of list)
        this.#entries[place]!.add(textOf(String.fromCharCode(standing), key, `\0${name}`))
    }
    this.count++
  }

  /**
   * Puts all that waits into the file, one row a step, but those of `passed` records. A record's own row comes before its entries:
   * who replaces it meanwhile takes away what is there, and passes the rest.
   */
  *insert(passed: ReadonlySet<string>): Generator<'record' | 'entry'> {
    this.count = 0
    for (const row of this.#records.take()) {
      const end = row.indexOf('\0')
      const id = idOf(row.slice(0, end))
      if (!passed.has(id)) this.#table.addRecord(id, Buffer.from(row.slice(end + 1), 'latin1'))
      yield 'record'
    }
    for (const [place, rows] of this.#entries.entries()) {
      for (const row of rows.take()) {
        // No id has a NUL, and a key may.
        const end = row.lastIndexOf('\0')
        const id = idOf(row.slice(end + 1))
        const entry = { standing: row.charCodeAt(0), key: Buffer.from(row.slice(1, end), 'latin1') }
        if (!passed.has(id)) this.#table.addEntry(place, entry, id)
        yield 'entry'
      }
    }
  }
}

/** A file that holds no record may have any name. */
function bytesOf(id: string): string {
  return isAscii.test(id) ? id : Buffer.from(id).toString('latin1')
}

function idOf(bytes: string): string {
  return isAscii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString()
}

const isAscii = /^[ -~]*$/

/** One text, written in one go: what is put together from several is so again whenever it is compared. */
function textOf(before: string, bytes: Buffer, behind = ''): string {
  const length = before.length + bytes.length + behind.length
  if (length > scratch.length) scratch = Buffer.alloc(2 * length)
  scratch.write(before, 'latin1')
  scratch.set(bytes, before.length)
  scratch.write(behind, before.length + bytes.length, 'latin1')
  return scratch.toString('latin1', 0, length)
}

let scratch = Buffer.alloc(4_096)

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
