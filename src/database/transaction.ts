import { CommitbaseError } from '../errors.ts'
import type { Path, WorkingTree } from '../git/workingTree.ts'
import { Answer } from './answer.ts'
import type { IndexView } from './index/indexView.ts'
import type { JsonObject } from './json.ts'
import { lookUp } from './lookUp.ts'
import { checkId, checkTable, nameProblem, parseBasedir } from './names.ts'
import { compileQuery, type Matcher } from './query.ts'
import { isSameRecord, type StoredRecord, takeFields } from './record.ts'
import { refuseLinks } from './refuseLinks.ts'
import { Table, type TableChanges } from './table.ts'

/** A document whose keys must be equal, or fulfil their MongoDB operators. */
export type Query = Readonly<JsonObject>

/** One change of a record, a table (no `id`) or the whole database (no `table`), and the operation that made it. */
export interface Change {
  readonly operation: string
  readonly table?: string
  readonly id?: string
}

/**
 * Reads and writes records on one state of the database. Reads see the own writes; nobody else does until all of it is committed.
 * Calls run one after the other, also where the caller does not wait. Where several records match, the order is that of their ids.
 */
export interface DatabaseTransaction {
  get(table: string, id: string): Promise<StoredRecord | undefined>
  findOne(table: string, query?: Query): Promise<StoredRecord | undefined>
  findMany(table: string, query?: Query): Promise<StoredRecord[]>
  count(table: string, query?: Query): Promise<number>
  /** How a find with that query is done: what leads to its records, and how many are looked at. */
  explain(table: string, query?: Query): Promise<Explanation>
  /** Replaces the record that matches the query or, without a match, the one with the record's `_id`; else inserts it, under the `_id` that the query asks for, if any. Gives it as stored. */
  upsert(table: string, record: Readonly<JsonObject>, query?: Query): Promise<StoredRecord>
  /** Sets the fields of the first record that matches; the others stay. */
  updateOne(table: string, fields: Readonly<JsonObject>, query: Query): Promise<Updated>
  updateMany(table: string, fields: Readonly<JsonObject>, query: Query): Promise<Updated>
  deleteOne(table: string, query: Query): Promise<Deleted>
  deleteMany(table: string, query: Query): Promise<Deleted>
  dropTable(table: string): Promise<{ table: string }>
  dropDatabase(): Promise<{ droppedDB: true }>
  /** The names of the tables that are there, in their order. */
  tables(): Promise<string[]>
  /** What was changed so far, in the order of the calls. */
  readonly changed: readonly Change[]
  /** Ends it, for who commits it: waits for the calls under way, throws what one of them throws, and gives what to write. */
  finish(): Promise<TableChanges[]>
}

/** `index`: the fields of the index that led to the records, `_id` where the query names it; `null` where the whole table was read, and `reason` says why. */
export interface Explanation {
  readonly index: string | null
  readonly reason?: string
  /** How many records were looked at. */
  readonly examined: number
  readonly found: number
}

/** The records that matched, changed or not. */
interface Updated {
  readonly updatedCount: number
  readonly updatedRecordIds: readonly string[]
}

interface Deleted {
  readonly count: number
  readonly deletedRecordIds: readonly string[]
}

export interface TransactionOptions {
  readonly tree: WorkingTree
  /** The folder of the tables, such as `db`. */
  readonly basedir: string
  /** The commit's time, ISO 8601 UTC: what `_updated` becomes. */
  readonly now: string
  /** The id of a record that has none: a UUIDv7. */
  readonly newId: () => string
  /** The indexes as they serve the tree's commit; without them each find reads the whole table. */
  readonly index?: IndexView
}

export function createTransaction(options: TransactionOptions): DatabaseTransaction {
  return new TreeTransaction(options)
}

class TreeTransaction implements DatabaseTransaction {
  readonly #tree: WorkingTree
  readonly #basedir: Path
  readonly #now: string
  readonly #newId: () => string
  readonly #index: IndexView | undefined
  readonly #tables = new Map<string, Table>()
  readonly #changed: Change[] = []
  readonly #failures: { readonly answer: Answer<unknown>; readonly error: unknown }[] = []
  #last: Promise<unknown> = Promise.resolve()
  #finished = false

  constructor({ tree, basedir, now, newId, index }: TransactionOptions) {
    this.#tree = tree
    this.#basedir = parseBasedir(basedir)
    this.#now = now
    this.#newId = newId
    this.#index = index
  }

  get changed(): readonly Change[] {
    return this.#changed
  }

  get(table: string, id: string): Promise<StoredRecord | undefined> {
    return this.#next(async () => (await this.#table(table)).get(checkId(id)))
  }

  findOne(table: string, query: Query = {}): Promise<StoredRecord | undefined> {
    return this.#take(
      () => compileQuery(query),
      async (matcher) => (await this.#find(await this.#table(table), matcher))[0],
    )
  }

  findMany(table: string, query: Query = {}): Promise<StoredRecord[]> {
    return this.#take(
      () => compileQuery(query),
      async (matcher) => this.#find(await this.#table(table), matcher),
    )
  }

  count(table: string, query: Query = {}): Promise<number> {
    return this.#take(
      () => compileQuery(query),
      async (matcher) => (await this.#find(await this.#table(table), matcher)).length,
    )
  }

  explain(table: string, query: Query = {}): Promise<Explanation> {
    return this.#take(
      () => compileQuery(query),
      async (matcher) => {
        const { records, ...how } = await lookUp(await this.#table(table), matcher, this.#index)
        return { ...how, found: records.length }
      },
    )
  }

  upsert(table: string, record: Readonly<JsonObject>, query?: Query): Promise<StoredRecord> {
    return this.#take(
      () => ({ fields: takeFields(record), matcher: query === undefined ? undefined : compileQuery(query) }),
      async ({ fields, matcher }) => this.#upsert(await this.#table(table), fields, matcher),
    )
  }

  updateOne(table: string, fields: Readonly<JsonObject>, query: Query): Promise<Updated> {
    return this.#update('UPDATEONE', table, fields, query, 1)
  }

  updateMany(table: string, fields: Readonly<JsonObject>, query: Query): Promise<Updated> {
    return this.#update('UPDATEMANY', table, fields, query)
  }

  deleteOne(table: string, query: Query): Promise<Deleted> {
    return this.#delete('DELETEONE', table, query, 1)
  }

  deleteMany(table: string, query: Query): Promise<Deleted> {
    return this.#delete('DELETEMANY', table, query)
  }

  dropTable(table: string): Promise<{ table: string }> {
    return this.#next(async () => {
      const dropped = await this.#table(table)
      if (await dropped.exists()) this.#changed.push({ operation: 'DROPTABLE', table })
      dropped.drop()
      return { table }
    })
  }

  dropDatabase(): Promise<{ droppedDB: true }> {
    return this.#next(async () => {
      const names = await this.#folders()
      if (names.length > 0) this.#changed.push({ operation: 'DROPDB' })
      for (const name of names) this.#open(name).drop()
      return { droppedDB: true }
    })
  }

  tables(): Promise<string[]> {
    return this.#next(async () => (await this.#folders()).filter((name) => nameProblem(name) === undefined))
  }

  async finish(): Promise<TableChanges[]> {
    this.#finished = true
    await this.#last
    const lost = this.#failures.find(({ answer }) => !answer.isAwaited)
    if (lost) throw lost.error
    return [...this.#tables.values()].map((table) => table.changes)
  }

  /** Takes what was given as it is now, though the call's turn may come when its caller has changed it. What is wrong with it is the call's error. */
  #take<G, T>(take: () => G, work: (given: G) => Promise<T>): Promise<T> {
    try {
      const given = take()
      return this.#next(() => work(given))
    } catch (error) {
      return this.#next(() => Promise.reject(error))
    }
  }

  /** Runs after the calls before it. A caller that does not wait for it cannot bring the process down: `finish` throws instead. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    if (this.#finished)
      return Promise.reject(new CommitbaseError('unavailable', 'the transaction has ended; this call came too late'))
    const result = this.#last.then(work)
    const answer = Answer.of(result)
    this.#last = result.catch((error) => this.#failures.push({ answer, error }))
    return answer
  }

  async #find(table: Table, matcher: Matcher, most = Number.POSITIVE_INFINITY): Promise<StoredRecord[]> {
    const { records } = await lookUp(table, matcher, this.#index)
    return records.slice(0, most)
  }

  async #upsert(table: Table, fields: JsonObject, matcher?: Matcher): Promise<StoredRecord> {
    const [existing] = matcher === undefined ? [] : await this.#find(table, matcher, 1)
    const _id = existing?._id ?? (fields._id as string | undefined) ?? matcher?.id ?? this.#newId()
    await this.#put('UPSERT', table, [withId(fields, _id)])
    return (await table.get(_id))!
  }

  #update(operation: string, name: string, given: unknown, query: Query, most?: number): Promise<Updated> {
    return this.#take(
      () => ({ fields: takeFields(given), matcher: compileQuery(query) }),
      async ({ fields, matcher }) => {
        const table = await this.#table(name)
        const records = await this.#find(table, matcher, most)
        await this.#put(
          operation,
          table,
          records.map((record) => ({ ...record, ...keepsId(fields, record) })),
        )
        return { updatedCount: records.length, updatedRecordIds: records.map(({ _id }) => _id) }
      },
    )
  }

  #delete(operation: string, name: string, query: Query, most?: number): Promise<Deleted> {
    return this.#take(
      () => compileQuery(query),
      async (matcher) => {
        const table = await this.#table(name)
        const ids = (await this.#find(table, matcher, most)).map(({ _id }) => _id)
        for (const id of ids) {
          await table.remove(id)
          this.#changed.push({ operation, table: name, id })
        }
        return { count: ids.length, deletedRecordIds: ids }
      },
    )
  }

  /** Puts those that differ from what is there, once all of them are found good. */
  async #put(operation: string, table: Table, records: readonly StoredRecord[]): Promise<void> {
    const changed: StoredRecord[] = []
    for (const record of records) {
      const current = await table.get(record._id)
      if (!current || !isSameRecord(current, record)) changed.push({ ...record, _updated: this.#now })
    }
    if (changed.length > 0) await this.#refuseTableTwin(table)
    for (const record of changed) await table.check(record)
    for (const record of changed) {
      await table.put(record)
      this.#changed.push({ operation, table: table.name, id: record._id })
    }
  }

  async #refuseTableTwin({ name }: Table): Promise<void> {
    const twin = (await this.#folders()).find((other) => other !== name && other.toLowerCase() === name.toLowerCase())
    if (twin === undefined) return
    throw new CommitbaseError(
      'conflict',
      `table '${name}' differs only in case from '${twin}': some file systems cannot hold both; write to '${twin}' or choose another name`,
    )
  }

  async #table(name: string): Promise<Table> {
    const known = this.#tables.get(checkTable(name))
    if (known) return known
    await refuseLinks(this.#tree, [...this.#basedir, name])
    return this.#open(name)
  }

  #open(name: string): Table {
    const table = this.#tables.get(name) ?? new Table(this.#tree, this.#basedir, name)
    this.#tables.set(name, table)
    return table
  }

  /** The folders of tables, whoever made them: those of the tree, and those with records put here. */
  async #folders(): Promise<string[]> {
    const children = await this.#tree.list(this.#basedir)
    const stored = [...children]
      .filter(([name, child]) => child.kind === 'folder' && !name.startsWith('.'))
      .map(([name]) => name)
    const names: string[] = []
    for (const name of new Set([...stored, ...this.#tables.keys()])) {
      if (!this.#tables.has(name) || (await this.#tables.get(name)!.exists())) names.push(name)
    }
    return names.sort()
  }
}

/** `_id` first, unless the record came with a place for it. */
function withId(fields: JsonObject, _id: string): StoredRecord {
  return '_id' in fields ? { ...fields, _id } : { _id, ...fields }
}

function keepsId(fields: JsonObject, record: StoredRecord): JsonObject {
  if (fields._id === undefined || fields._id === record._id) return fields
  throw new CommitbaseError(
    'invalid',
    `an update cannot change the _id of '${record._id}' to '${fields._id}'; leave _id out, or upsert a new record`,
  )
}
