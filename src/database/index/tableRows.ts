import type { JsonObject } from '../json/json.ts'
import type { IndexSettings } from '../tables/settings.ts'
import { type IndexEntry, indexEntries, standing } from './indexEntries.ts'
import type { IndexFile } from './indexFile.ts'
import type { PlannedIndex, Scan } from './plan.ts'

/** An index of a table in the file. */
export interface StoredIndex extends PlannedIndex, IndexSettings {}

/** A table's rows get a number of their own; indexes are numbered within it. */
const mostIndexes = 64

/** The rows of one table in the index file: for each record its entries, and for each entry its record. */
export class TableRows {
  readonly number: number
  readonly name: string
  readonly indexes: readonly StoredIndex[]
  /** Whether all that the table holds is in the rows. */
  isReady: boolean
  /** How many records there are. */
  count: number
  readonly #file: IndexFile

  constructor(file: IndexFile, row: TableRow) {
    this.#file = file
    this.number = row.number
    this.name = row.name
    this.isReady = row.ready === 1
    this.count = row.records
    const settings: IndexSettings[] = JSON.parse(row.indexes)
    this.indexes = settings.map((index, place) => ({ ...index, number: row.number * mostIndexes + place }))
  }

  /** Makes the record's rows what they must be now: none for `null`; `unreadable` is looked at by each query. */
  put(id: string, record: JsonObject | null | 'unreadable'): void {
    const before = this.#stored(id)
    const entries = record === null ? undefined : this.entriesOf(record)
    const packed = entries && pack(entries)
    if (before && packed?.equals(before)) return
    if (before) this.#remove(id, before)
    if (packed) this.#insert(id, entries, packed)
  }

  /** The ids with an entry in the scan, at most that many. */
  find({ index, standing, range }: Scan, most: number): string[] {
    const rows = this.#file
      .statement('SELECT id FROM entries WHERE idx = ? AND standing = ? AND key >= ? AND key <= ? LIMIT ?')
      .all(index.number, standing, range.low, range.high, most)
    return rows.map(({ id }) => id as string)
  }

  /** The ids of the records that hold a unique index's key. */
  owners(index: PlannedIndex, key: Buffer): string[] {
    const rows = this.#file
      .statement('SELECT id FROM entries WHERE idx = ? AND standing = ? AND key = ?')
      .all(index.number, standing.unique, key)
    return rows.map(({ id }) => id as string)
  }

  /** The entries of a record, a list for each index. */
  entriesOf(record: JsonObject | 'unreadable'): IndexEntry[][] {
    return this.indexes.map((index) => (record === 'unreadable' ? unreadable : indexEntries(record, index)))
  }

  /** Adds a record's own row where it has none: one in two files comes twice. */
  addRecord(id: string, packed: Buffer): void {
    const { changes } = this.#file
      .statement('INSERT OR IGNORE INTO records VALUES (?, ?, ?)')
      .run(this.number, id, packed)
    this.count += Number(changes)
  }

  /** Adds one of the entries of a record that has its row. */
  addEntry(place: number, { standing, key }: IndexEntry, id: string): void {
    this.#file
      .statement('INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?)')
      .run(this.number * mostIndexes + place, standing, key, id)
  }

  /** Writes what holds for the table as a whole. */
  save(): void {
    this.#file
      .statement('UPDATE tables SET ready = ?, records = ? WHERE number = ?')
      .run(this.isReady ? 1 : 0, this.count, this.number)
  }

  #stored(id: string): Buffer | undefined {
    const row = this.#file.statement('SELECT entries FROM records WHERE tab = ? AND id = ?').get(this.number, id)
    return row && bufferOf(row.entries as Uint8Array)
  }

  #remove(id: string, packed: Buffer): void {
    const remove = this.#file.statement('DELETE FROM entries WHERE idx = ? AND standing = ? AND key = ? AND id = ?')
    for (const [place, { standing, key }] of unpack(packed))
      remove.run(this.number * mostIndexes + place, standing, key, id)
    this.#file.statement('DELETE FROM records WHERE tab = ? AND id = ?').run(this.number, id)
    this.count--
  }

  #insert(id: string, entries: readonly IndexEntry[][], packed: Buffer): void {
    for (const [place, list] of entries.entries()) for (const entry of list) this.addEntry(place, entry, id)
    this.addRecord(id, packed)
  }
}

export interface TableRow {
  readonly number: number
  readonly name: string
  readonly indexes: string
  readonly ready: number
  readonly records: number
}

const unreadable: IndexEntry[] = [{ standing: standing.always, key: Buffer.alloc(0) }]

/** What `remove` needs to find the entries again: place of the index, standing, length of the key, key. */
export function pack(entries: readonly IndexEntry[][]): Buffer {
  let length = 0
  for (const list of entries) for (const { key } of list) length += 4 + key.length
  const packed = Buffer.allocUnsafe(length)
  let at = 0
  for (const [place, list] of entries.entries()) {
    for (const { standing, key } of list) {
      packed[at] = place
      packed[at + 1] = standing
      packed.writeUInt16BE(key.length, at + 2)
      packed.set(key, at + 4)
      at += 4 + key.length
    }
  }
  return packed
}

function* unpack(packed: Buffer): Generator<[place: number, entry: IndexEntry]> {
  for (let at = 0; at < packed.length; ) {
    const length = packed.readUInt16BE(at + 2)
    yield [packed[at]!, { standing: packed[at + 1]!, key: packed.subarray(at + 4, at + 4 + length) }]
    at += 4 + length
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
