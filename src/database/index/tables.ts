import type { DatabaseSettings } from '../tables/settings.ts'
import type { IndexFile } from './indexFile.ts'
import { type TableRow, TableRows } from './tableRows.ts'

/** The tables whose rows are in the index file, as the settings ask for them. */
export class IndexedTables {
  readonly #file: IndexFile
  readonly #tables = new Map<string, TableRows>()

  constructor(file: IndexFile) {
    this.#file = file
    const rows = file.statement('SELECT number, name, indexes, ready, records FROM tables').all()
    for (const row of rows as unknown as TableRow[]) this.#tables.set(row.name, new TableRows(file, row))
  }

  get(name: string): TableRows | undefined {
    return this.#tables.get(name)
  }

  all(): TableRows[] {
    return [...this.#tables.values()]
  }

  /** Takes in new settings: tables whose indexes are others begin anew and without rows. */
  declare({ indexes }: Pick<DatabaseSettings, 'indexes'>): void {
    for (const table of this.all()) {
      const declared = indexes.get(table.name)
      if (declared === undefined || JSON.stringify(declared) !== JSON.stringify(settingsOf(table))) this.#discard(table)
    }
    for (const [name, declared] of indexes) if (!this.#tables.has(name)) this.#begin(name, JSON.stringify(declared))
  }

  /** The table again, without rows: those that it had are taken away bit by bit. */
  renew(table: TableRows): TableRows {
    this.#discard(table)
    return this.#begin(table.name, JSON.stringify(settingsOf(table)))
  }

  /** Takes away up to `most` rows of tables that are no more; whether there may be others. */
  sweep(most: number): boolean {
    const row = this.#file.statement('SELECT number FROM garbage LIMIT 1').get()
    if (!row) return false
    const number = row.number as number
    const left = most - this.#sweepEntries(number, most)
    if (left <= 0) return true
    const gone = this.#file
      .statement('DELETE FROM records WHERE tab = ?1 AND id IN (SELECT id FROM records WHERE tab = ?1 LIMIT ?2)')
      .run(number, left)
    if (Number(gone.changes) < left) this.#file.statement('DELETE FROM garbage WHERE number = ?').run(number)
    return true
  }

  #sweepEntries(number: number, most: number): number {
    const gone = this.#file
      .statement(
        `DELETE FROM entries WHERE (idx, standing, key, id) IN
           (SELECT idx, standing, key, id FROM entries WHERE idx >= ?1 * 64 AND idx < (?1 + 1) * 64 LIMIT ?2)`,
      )
      .run(number, most)
    return Number(gone.changes)
  }

  #begin(name: string, indexes: string): TableRows {
    const number = this.#nextNumber()
    const row: TableRow = { number, name, indexes, ready: 0, records: 0 }
    this.#file.statement('INSERT INTO tables VALUES (?, ?, ?, 0, 0)').run(number, name, indexes)
    const table = new TableRows(this.#file, row)
    this.#tables.set(name, table)
    return table
  }

  #discard(table: TableRows): void {
    this.#tables.delete(table.name)
    this.#file.statement('DELETE FROM tables WHERE number = ?').run(table.number)
    this.#file.statement('INSERT INTO garbage VALUES (?)').run(table.number)
  }

  #nextNumber(): number {
    const { next } = this.#file
      .statement(
        'SELECT 1 + max((SELECT coalesce(max(number), 0) FROM tables), (SELECT coalesce(max(number), 0) FROM garbage)) AS next',
      )
      .get() as { next: number }
    return next
  }
}

function settingsOf({ indexes }: TableRows) {
  return indexes.map(({ fields, unique }) => ({ fields, unique }))
}
