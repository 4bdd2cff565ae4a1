import { takeBreaths } from '../../git/breath.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { Path } from '../../git/trees/path.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { tableFanout } from '../tables/tableFolder.ts'
import { folderAt, type RecordBlob, recordChanges, rootOf } from '../tables/treeChanges.ts'
import { BulkRows } from './bulkRows.ts'
import type { IndexFile } from './indexFile.ts'
import { asFound, type IndexedChange, type IndexedRecord, type RecordSource, readRecords } from './readRecords.ts'
import type { TableRows } from './tableRows.ts'

export interface BuildOptions {
  readonly file: IndexFile
  readonly table: TableRows
  readonly records: RecordSource
  readonly source: BuildSource
  readonly onProgress?: (done: number, total: number) => void
}

/** The records to take in, some at a time, and how many there are. */
export interface BuildSource {
  readonly changes: AsyncIterable<readonly IndexedChange[]>
  /** Whether they are all that the table holds, and it has no rows but of what changed meanwhile. */
  readonly isAll: boolean
  total(): Promise<number>
}

/** Milliseconds for which others wait at most, more or less: a slice ends behind the record that reaches them. */
const slice = 20

/** Fills a table's rows in slices. What changes meanwhile is put into the rows by others, and passed by here. */
export class TableBuild {
  readonly table: TableRows
  readonly #options: BuildOptions
  readonly #changes: AsyncIterator<readonly IndexedChange[]>
  readonly #passed = new Set<string>()
  readonly #bulk: BulkRows | undefined
  #inserting: Generator<'record' | 'entry'> | undefined
  #done = 0
  #total: number | undefined

  constructor(options: BuildOptions) {
    this.table = options.table
    this.#options = options
    this.#bulk = options.source.isAll ? new BulkRows(options.table) : undefined
    this.#changes = options.source.changes[Symbol.asyncIterator]()
  }

  /** The record's rows are newer than what is read here. */
  pass(id: string): void {
    this.#passed.add(id)
  }

  /** Does one slice; whether the table is ready now. */
  async step(): Promise<boolean> {
    this.#total ??= await this.#options.source.total()
    if (!this.#inserting && (await this.#fetch())) {
      if (this.#bulk && this.#bulk.count < inBulk) return false
    } else if (!this.#inserting && !this.#bulk?.count) {
      this.#finish()
      return true
    }
    this.#inserting ??= this.#bulk!.insert(this.#passed)
    const inserting = this.#inserting
    if (!this.#options.file.transact(() => this.#insert(inserting))) this.#inserting = undefined
    this.#options.onProgress?.(this.#done, this.#total)
    return false
  }

  /** Reads some records; whether there were any. */
  async #fetch(): Promise<boolean> {
    const changes: IndexedChange[] = []
    while (changes.length < together) {
      const next = await this.#changes.next()
      if (next.done) break
      for (const change of next.value) changes.push(change)
    }
    const records = await readRecords(changes, this.#options.records)
    if (this.#bulk) await this.#sort(this.#bulk, records)
    else if (records.length > 0) this.#inserting = this.#put(records)
    return changes.length > 0
  }

  async #sort(bulk: BulkRows, records: readonly IndexedRecord[]): Promise<void> {
    const breath = takeBreaths()
    for (const [id, record] of records) {
      if (record !== null) bulk.add(id, record)
      const pause = breath()
      if (pause) await pause
    }
  }

  *#put(records: readonly IndexedRecord[]): Generator<'record'> {
    for (const [id, record] of records) {
      if (!this.#passed.has(id)) this.table.put(id, record)
      yield 'record'
    }
  }

  /** Does a slice of what is to be inserted; whether there is more. */
  #insert(rows: Iterator<'record' | 'entry'>): boolean {
    const end = performance.now() + slice
    do {
      const next = rows.next()
      if (next.done) return false
      if (next.value === 'record') this.#done++
    } while (performance.now() < end)
    return true
  }

  #finish(): void {
    this.#options.file.transact(() => {
      this.table.isReady = true
      this.table.save()
    })
  }
}

/** So many records are read at a time, and a folder's more: they lie all over the packs. */
const together = 5_000
/** So many records are sorted and put into the file together: each time pages all over it are written. */
const inBulk = 250_000

/** All records of the table at that path as they are at a commit. Nothing is read before it is asked for. */
export function allRecords(commit: Oid | null, table: Path, read: ReadObjects): BuildSource {
  const files = async (root: Oid | null) => recordChanges(null, await folderAt(root, table, read), read)
  const changes = async function* () {
    const root = await rootOf(commit, read)
    const fanout = tableFanout(new WorkingTree(root, read), table)
    for await (const some of await files(root)) yield await asFound(some, fanout)
  }
  const total = async () => countIn(await files(await rootOf(commit, read)))
  return { changes: changes(), isAll: true, total }
}

async function countIn(changes: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0
  for await (const some of changes) count += some.length
  return count
}

/** These changes, some at a time. */
export function inParts(changes: ReadonlyMap<string, RecordBlob>): AsyncIterable<readonly IndexedChange[]> {
  const parts = async function* () {
    const all = [...changes]
    for (let from = 0; from < all.length; from += together) yield all.slice(from, from + together)
  }
  return parts()
}
