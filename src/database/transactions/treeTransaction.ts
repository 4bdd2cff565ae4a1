import { CommitbaseError } from '../../errors.ts'
import type { Soon } from '../../git/soon.ts'
import type { JsonObject } from '../json/json.ts'
import type { Past } from '../past/past.ts'
import type { Reverted, RevertOptions, RevertTarget } from '../past/revert.ts'
import {
  countIn,
  type FindOptions,
  findIn,
  matchingPage,
  type Query,
  type Search,
  takeSearch,
} from '../queries/find.ts'
import { lookUp } from '../queries/lookUp.ts'
import { checkId, nameProblem } from '../tables/names.ts'
import { applyPatch, type Patch, takePatch } from '../tables/patch.ts'
import { type StoredRecord, takeFields } from '../tables/record.ts'
import type { Table, TableChanges } from '../tables/table.ts'
import { OpenTables } from './openTables.ts'
import { checkMatches, checkPrecondition, type Precondition, takePrecondition } from './precondition.ts'
import { RecordWrites } from './recordWrites.ts'
import type {
  At,
  Change,
  DatabaseTransaction,
  Deleted,
  Explanation,
  Found,
  ManyOptions,
  OneOptions,
  TransactionOptions,
  Updated,
} from './transaction.ts'
import { Turns } from './turns.ts'
import { undoCommit } from './undoCommit.ts'

export function createTransaction(options: TransactionOptions): DatabaseTransaction {
  return new TreeTransaction(options)
}

class TreeTransaction implements DatabaseTransaction {
  readonly #newId: () => string
  readonly #tables: OpenTables
  readonly #writes: RecordWrites
  readonly #turns = new Turns()

  constructor(options: TransactionOptions) {
    this.#newId = options.newId
    this.#tables = new OpenTables(options)
    this.#writes = new RecordWrites(this.#tables, options.now)
  }

  get changed(): readonly Change[] {
    return this.#writes.changed
  }

  get(table: string, id: string, { at }: At = {}): Promise<StoredRecord | undefined> {
    return this.#turns.next(() => this.#tables.look(table, at, (looked) => looked.get(checkId(id))))
  }

  findOne(table: string, query: Query = {}, options: FindOptions = {}): Promise<StoredRecord | undefined> {
    return this.#search(table, query, options, 1, ({ records }) => records[0])
  }

  findMany(table: string, query: Query = {}, options: FindOptions = {}): Promise<StoredRecord[]> {
    return this.#search(table, query, options, undefined, ({ records }) => records)
  }

  find(table: string, query: Query = {}, options: FindOptions & { blobs?: boolean } = {}): Promise<Found> {
    return this.#search(table, query, options, undefined, async ({ count, records, ids }, found) => {
      if (!options.blobs) return { count, records }
      return { count, records, blobs: await found.now(() => ids.map((id) => found.blob(id)!)) }
    })
  }

  count(table: string, query: Query = {}, options: Pick<FindOptions, 'skip' | 'limit' | 'at'> = {}): Promise<number> {
    return this.#turns.take(
      () => takeSearch(query, options),
      async (search) => countIn(await this.#tables.place(table, search.page.at), search),
    )
  }

  explain(name: string, query: Query = {}, options: At = {}): Promise<Explanation> {
    return this.#turns.take(
      () => takeSearch(query, options),
      async ({ matcher, page }) => {
        const { table, index } = await this.#tables.place(name, page.at)
        const { records, ...how } = await lookUp(table, matcher, index)
        return { ...how, found: records.length }
      },
    )
  }

  blob(table: string, id: string, { at }: At = {}): Promise<string | undefined> {
    return this.#turns.next(() => this.#tables.look(table, at, (looked) => looked.blob(checkId(id))))
  }

  insert(table: string, record: Readonly<JsonObject>): Promise<StoredRecord> {
    return this.#turns.take(
      () => takeFields(record),
      (fields) => this.#write('INSERT', table, { fields, precondition: { ifAbsent: true } }),
    )
  }

  upsert(table: string, record: Readonly<JsonObject>, query?: Query, options?: Precondition): Promise<StoredRecord> {
    return this.#turns.take(
      () => ({
        fields: takeFields(record),
        search: query === undefined ? undefined : takeSearch(query),
        precondition: options && takePrecondition(options),
      }),
      (given) => (given.search ? this.#replace(table, given, given.search) : this.#write('UPSERT', table, given)),
    )
  }

  patch(table: string, id: string, patch: Patch, { ifMatch }: Precondition = {}): Promise<StoredRecord> {
    return this.#turns.take(
      () => ({ taken: takePatch(patch), precondition: takePrecondition({ ifMatch }) }),
      ({ taken, precondition }) =>
        this.#tables.change(table, (patched) => {
          const record = patched.get(checkId(id))
          if (precondition.ifMatch) checkMatches(patched, [id], precondition.ifMatch)
          if (!record)
            throw new CommitbaseError(
              'not_found',
              `there is no '${id}' in ${table} to patch; insert it, or look at its id`,
            )
          return this.#writes.putOne('PATCH', patched, applyPatch(record, taken))
        }),
    )
  }

  updateOne(table: string, fields: Readonly<JsonObject>, query: Query, options?: OneOptions): Promise<Updated> {
    return this.#update('UPDATEONE', table, fields, query, options, 1)
  }

  updateMany(table: string, fields: Readonly<JsonObject>, query: Query, options?: ManyOptions): Promise<Updated> {
    return this.#update('UPDATEMANY', table, fields, query, options)
  }

  deleteOne(table: string, query: Query, options?: OneOptions): Promise<Deleted> {
    return this.#delete('DELETEONE', table, query, options, 1)
  }

  deleteMany(table: string, query: Query, options?: ManyOptions): Promise<Deleted> {
    return this.#delete('DELETEMANY', table, query, options)
  }

  dropTable(table: string): Promise<{ table: string }> {
    return this.#turns.next(() =>
      this.#tables.change(table, (dropped) => {
        if (dropped.exists()) this.#writes.changed.push({ operation: 'DROPTABLE', table })
        dropped.drop()
        return { table }
      }),
    )
  }

  dropDatabase(): Promise<{ droppedDB: true }> {
    return this.#turns.next(async () => {
      const names = await this.#tables.folders()
      if (names.length > 0) this.#writes.changed.push({ operation: 'DROPDB' })
      for (const name of names) this.#tables.drop(name)
      return { droppedDB: true }
    })
  }

  tables({ at }: At = {}): Promise<string[]> {
    return this.#turns.next(async () => {
      const names = await this.#tables.folders(at)
      return names.filter((name) => nameProblem(name) === undefined).sort()
    })
  }

  history(...call: Parameters<Past['history']>): ReturnType<Past['history']> {
    return this.#turns.next(() => this.#tables.past.history(...call))
  }

  diff(...call: Parameters<Past['diff']>): ReturnType<Past['diff']> {
    return this.#turns.next(() => this.#tables.past.diff(...call))
  }

  changes(...call: Parameters<Past['changes']>): ReturnType<Past['changes']> {
    return this.#turns.next(() => this.#tables.past.changes(...call))
  }

  revert(target: RevertTarget, { force = false }: RevertOptions = {}): Promise<Reverted> {
    return this.#turns.next(async () => {
      const plan = await this.#tables.past.planRevert(target)
      await undoCommit(plan, force, this.#tables, this.#writes)
      return { revertedCommit: plan.commit, revertedRecords: plan.undo.map(({ table, id }) => ({ table, id })) }
    })
  }

  async finish(): Promise<TableChanges[]> {
    const finished = this.#turns.finish()
    if (finished) await finished
    return this.#tables.changes
  }

  #search<T>(
    name: string,
    query: Query,
    options: FindOptions,
    most: number | undefined,
    give: (found: Awaited<ReturnType<typeof findIn>>, table: Table) => T | Promise<T>,
  ): Promise<T> {
    return this.#turns.take(
      () => takeSearch(query, options),
      async (search) => {
        const place = await this.#tables.place(name, search.page.at)
        return give(await findIn(place, search, most), place.table)
      },
    )
  }

  async #replace(table: string, given: TakenRecord, search: Search): Promise<StoredRecord> {
    const [existing] = await matchingPage(await this.#tables.place(table), search, 1)
    return this.#write('UPSERT', table, { ...given, existing })
  }

  #write(operation: string, name: string, { fields, existing, search, precondition }: TakenRecord): Soon<StoredRecord> {
    return this.#tables.change(name, (table) => {
      const given = existing?._id ?? (fields._id as string | undefined) ?? search?.matcher.id
      const _id = given ?? this.#newId()
      if (precondition) checkPrecondition(table, _id, precondition)
      return this.#writes.putOne(operation, table, withId(fields, _id))
    })
  }

  #update(
    operation: string,
    name: string,
    given: unknown,
    query: Query,
    options: ManyOptions = {},
    most?: number,
  ): Promise<Updated> {
    return this.#turns.take(
      () => ({ fields: takeFields(given), ...takeChoice(query, options) }),
      async ({ fields, search, ifMatch }) => {
        const records = await matchingPage(await this.#tables.place(name), search, most)
        const ids = records.map(({ _id }) => _id)
        await this.#tables.change(name, (table) => {
          if (ifMatch !== undefined) checkMatches(table, ids, ifMatch)
          const updated = records.map((record) => ({ ...record, ...keepsId(fields, record) }))
          this.#writes.put(operation, table, updated)
        })
        return { updatedCount: records.length, updatedRecordIds: ids }
      },
    )
  }

  #delete(operation: string, name: string, query: Query, options: ManyOptions = {}, most?: number): Promise<Deleted> {
    return this.#turns.take(
      () => takeChoice(query, options),
      async ({ search, ifMatch }) => {
        const ids = (await matchingPage(await this.#tables.place(name), search, most)).map(({ _id }) => _id)
        if (ifMatch !== undefined) await this.#tables.change(name, (table) => checkMatches(table, ids, ifMatch))
        for (const id of ids) await this.#tables.change(name, (table) => this.#writes.remove(operation, table, id))
        return { count: ids.length, deletedRecordIds: ids }
      },
    )
  }
}

/** A record to write: its fields, and what was found of where it goes. */
interface TakenRecord {
  readonly fields: JsonObject
  readonly existing?: StoredRecord | undefined
  readonly search?: Search | undefined
  readonly precondition?: Precondition | undefined
}

function takeChoice(query: Query, { ifMatch, ...page }: ManyOptions) {
  return { search: takeSearch(query, page), ...takePrecondition({ ifMatch }) }
}

/** `_id` first, unless the record came with a place for it. */
function withId(fields: JsonObject, _id: string): StoredRecord {
  if (fields._id === _id) return fields as StoredRecord
  return '_id' in fields ? { ...fields, _id } : { _id, ...fields }
}

function keepsId(fields: JsonObject, record: StoredRecord): JsonObject {
  if (fields._id === undefined || fields._id === record._id) return fields
  throw new CommitbaseError(
    'invalid',
    `an update cannot change the _id of '${record._id}' to '${fields._id}'; leave _id out, or upsert a new record`,
  )
}
