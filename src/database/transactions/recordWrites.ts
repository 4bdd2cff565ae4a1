import type { StoredRecord } from '../tables/record.ts'
import type { Draft, Table } from '../tables/table.ts'
import type { OpenTables } from './openTables.ts'
import type { Change } from './transaction.ts'

/** Puts and removes the records of one transaction, and notes each change. What it does is within `OpenTables.change`. */
export class RecordWrites {
  readonly changed: Change[] = []
  readonly #tables: OpenTables
  readonly #now: string

  /** `now`: what `_updated` becomes. */
  constructor(tables: OpenTables, now: string) {
    this.#tables = tables
    this.#now = now
  }

  /** Puts those that differ from what is there, once all of them are found good. Gives them as they are stored. */
  put(operation: string, table: Table, records: readonly StoredRecord[]): StoredRecord[] {
    const stored = records.map((record) => table.same(record))
    if (stored.includes(undefined)) this.#tables.refuseTwin(table)
    const drafts = records.map((record, place) => (stored[place] ? undefined : this.#draft(table, record)))
    return drafts.map((draft, place) => (draft ? this.#keep(operation, table, draft) : stored[place]!))
  }

  /** The same for one. */
  putOne(operation: string, table: Table, record: StoredRecord): StoredRecord {
    const stored = table.same(record)
    if (stored) return stored
    this.#tables.refuseTwin(table)
    return this.#keep(operation, table, this.#draft(table, record))
  }

  remove(operation: string, table: Table, id: string): void {
    table.remove(id)
    this.changed.push({ operation, table: table.name, id })
  }

  #draft(table: Table, record: StoredRecord): Draft {
    return table.check({ ...record, _updated: this.#now })
  }

  #keep(operation: string, table: Table, draft: Draft): StoredRecord {
    this.changed.push({ operation, table: table.name, id: draft.record._id })
    return table.put(draft)
  }
}
