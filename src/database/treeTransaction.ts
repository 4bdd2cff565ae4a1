import { CommitbaseError } from '../errors.ts'
import type { Path, WorkingTree } from '../git/workingTree.ts'
import { countIn, type FindOptions, findIn, matchingPage, type Place, type Query, takeSearch } from './find.ts'
import type { JsonObject } from './json.ts'
import { lookUp } from './lookUp.ts'
import { checkId, checkTable, nameProblem, parseBasedir } from './names.ts'
import { Past } from './past.ts'
import { applyPatch, type Patch, takePatch } from './patch.ts'
import { checkMatch, type IfMatch, type Precondition, refuseThere, takePrecondition } from './precondition.ts'
import { type StoredRecord, takeFields } from './record.ts'
import { refuseLinks } from './refuseLinks.ts'
import { type Reverted, type RevertOptions, type RevertTarget, refuseLater, type Undo } from './revert.ts'
import { Table, type TableChanges } from './table.ts'
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

export function createTransaction(options: TransactionOptions): DatabaseTransaction {
  return new TreeTransaction(options)
}

class TreeTransaction implements DatabaseTransaction {
  readonly #options: TransactionOptions
  readonly #tree: WorkingTree
  readonly #basedir: Path
  readonly #tables = new Map<string, Table>()
  readonly #changed: Change[] = []
  readonly #turns = new Turns()
  #openPast: Past | undefined

  constructor(options: TransactionOptions) {
    this.#options = options
    this.#tree = options.tree
    this.#basedir = parseBasedir(options.basedir)
  }

  get changed(): readonly Change[] {
    return this.#changed
  }

  get(table: string, id: string, { at }: At = {}): Promise<StoredRecord | undefined> {
    return this.#turns.next(async () => (await this.#table(table, at)).get(checkId(id)))
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
      return { count, records, blobs: await Promise.all(ids.map(async (id) => (await found.blob(id))!)) }
    })
  }

  count(table: string, query: Query = {}, options: Pick<FindOptions, 'skip' | 'limit' | 'at'> = {}): Promise<number> {
    return this.#turns.take(
      () => takeSearch(query, options),
      async (search) => countIn(await this.#place(table, search.page.at), search),
    )
  }

  explain(name: string, query: Query = {}, options: At = {}): Promise<Explanation> {
    return this.#turns.take(
      () => takeSearch(query, options),
      async ({ matcher, page }) => {
        const { table, index } = await this.#place(name, page.at)
        const { records, ...how } = await lookUp(table, matcher, index)
        return { ...how, found: records.length }
      },
    )
  }

  blob(table: string, id: string, { at }: At = {}): Promise<string | undefined> {
    return this.#turns.next(async () => (await this.#table(table, at)).blob(checkId(id)))
  }

  insert(table: string, record: Readonly<JsonObject>): Promise<StoredRecord> {
    return this.#turns.take(
      () => takeFields(record),
      async (fields) => this.#write('INSERT', await this.#table(table), fields, undefined, { ifAbsent: true }),
    )
  }

  upsert(table: string, record: Readonly<JsonObject>, query?: Query, options?: Precondition): Promise<StoredRecord> {
    return this.#turns.take(
      () => ({
        fields: takeFields(record),
        search: query === undefined ? undefined : takeSearch(query),
        precondition: options && takePrecondition(options),
      }),
      async ({ fields, search, precondition }) =>
        this.#write('UPSERT', await this.#table(table), fields, search, precondition),
    )
  }

  patch(table: string, id: string, patch: Patch, { ifMatch }: Precondition = {}): Promise<StoredRecord> {
    return this.#turns.take(
      () => ({ taken: takePatch(patch), precondition: takePrecondition({ ifMatch }) }),
      async ({ taken, precondition }) => {
        const patched = await this.#table(table)
        const record = await patched.get(checkId(id))
        if (precondition.ifMatch) await this.#checkMatch(patched, [id], precondition.ifMatch)
        if (!record)
          throw new CommitbaseError(
            'not_found',
            `there is no '${id}' in ${table} to patch; insert it, or look at its id`,
          )
        const [put] = await this.#put('PATCH', patched, [applyPatch(record, taken)])
        return put!
      },
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
    return this.#turns.next(async () => {
      const dropped = await this.#table(table)
      if (await dropped.exists()) this.#changed.push({ operation: 'DROPTABLE', table })
      dropped.drop()
      return { table }
    })
  }

  dropDatabase(): Promise<{ droppedDB: true }> {
    return this.#turns.next(async () => {
      const names = await this.#folders()
      if (names.length > 0) this.#changed.push({ operation: 'DROPDB' })
      for (const name of names) this.#open(name).drop()
      return { droppedDB: true }
    })
  }

  tables({ at }: At = {}): Promise<string[]> {
    return this.#turns.next(async () => {
      const names = at === undefined ? await this.#folders() : await foldersIn(await this.#past.tree(at), this.#basedir)
      return names.filter((name) => nameProblem(name) === undefined).sort()
    })
  }

  history(...call: Parameters<Past['history']>): ReturnType<Past['history']> {
    return this.#turns.next(() => this.#past.history(...call))
  }

  diff(...call: Parameters<Past['diff']>): ReturnType<Past['diff']> {
    return this.#turns.next(() => this.#past.diff(...call))
  }

  changes(...call: Parameters<Past['changes']>): ReturnType<Past['changes']> {
    return this.#turns.next(() => this.#past.changes(...call))
  }

  revert(target: RevertTarget, { force = false }: RevertOptions = {}): Promise<Reverted> {
    return this.#turns.next(async () => {
      const plan = await this.#past.planRevert(target)
      if (!force) {
        refuseLater(plan)
        await this.#refuseOwnWrites(plan.undo)
      }
      for (const [name, undo] of Map.groupBy(plan.undo, ({ table }) => table))
        await this.#undo(await this.#table(name), undo)
      return { revertedCommit: plan.commit, revertedRecords: plan.undo.map(({ table, id }) => ({ table, id })) }
    })
  }

  async finish(): Promise<TableChanges[]> {
    await this.#turns.finish()
    return [...this.#tables.values()].map((table) => table.changes)
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
        const place = await this.#place(name, search.page.at)
        return give(await findIn(place, search, most), place.table)
      },
    )
  }

  async #write(
    operation: string,
    table: Table,
    fields: JsonObject,
    search: ReturnType<typeof takeSearch> | undefined,
    precondition: Precondition | undefined,
  ): Promise<StoredRecord> {
    const [existing] = search === undefined ? [] : await matchingPage(this.#withIndex(table), search, 1)
    const given = existing?._id ?? (fields._id as string | undefined) ?? search?.matcher.id
    const _id = given ?? this.#options.newId()
    if (precondition) await this.#checkPrecondition(table, _id, precondition)
    const [put] = await this.#put(operation, table, [withId(fields, _id)])
    return put!
  }

  async #checkPrecondition(table: Table, id: string, { ifMatch, ifAbsent }: Precondition): Promise<void> {
    if (ifMatch !== undefined) await this.#checkMatch(table, [id], ifMatch)
    const blob = ifAbsent ? await table.blob(id) : undefined
    if (blob !== undefined) refuseThere(table.name, id, blob)
  }

  async #checkMatch(table: Table, ids: readonly string[], ifMatch: IfMatch): Promise<void> {
    const found = await Promise.all(ids.map(async (id) => ({ id, blob: await table.blob(id) })))
    checkMatch(table.name, found, ifMatch)
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
        const table = await this.#table(name)
        const records = await matchingPage(this.#withIndex(table), search, most)
        const ids = records.map(({ _id }) => _id)
        if (ifMatch !== undefined) await this.#checkMatch(table, ids, ifMatch)
        const updated = records.map((record) => ({ ...record, ...keepsId(fields, record) }))
        await this.#put(operation, table, updated)
        return { updatedCount: records.length, updatedRecordIds: ids }
      },
    )
  }

  #delete(operation: string, name: string, query: Query, options: ManyOptions = {}, most?: number): Promise<Deleted> {
    return this.#turns.take(
      () => takeChoice(query, options),
      async ({ search, ifMatch }) => {
        const table = await this.#table(name)
        const ids = (await matchingPage(this.#withIndex(table), search, most)).map(({ _id }) => _id)
        if (ifMatch !== undefined) await this.#checkMatch(table, ids, ifMatch)
        for (const id of ids) await this.#remove(operation, table, id)
        return { count: ids.length, deletedRecordIds: ids }
      },
    )
  }

  async #remove(operation: string, table: Table, id: string): Promise<void> {
    await table.remove(id)
    this.#changed.push({ operation, table: table.name, id })
  }

  /** Puts those that differ from what is there, once all of them are found good. Gives them as they are stored. */
  async #put(operation: string, table: Table, records: readonly StoredRecord[]): Promise<StoredRecord[]> {
    const stored: StoredRecord[] = []
    const changed: { readonly record: StoredRecord; readonly place: number }[] = []
    for (const [place, record] of records.entries()) {
      const same = await table.same(record)
      if (same) stored[place] = same
      else changed.push({ record: { ...record, _updated: this.#options.now }, place })
    }
    if (changed.length > 0) await this.#refuseTableTwin(table)
    const files: Buffer[] = []
    for (const { record } of changed) files.push(await table.check(record))
    for (const [index, { record, place }] of changed.entries()) {
      stored[place] = await table.put(record, files[index]!)
      this.#changed.push({ operation, table: table.name, id: record._id })
    }
    return stored
  }

  /** What goes makes room first: an id may come back in another case. */
  async #undo(table: Table, undo: readonly Undo[]): Promise<void> {
    for (const { id, record } of undo) if (!record && (await table.blob(id))) await this.#remove('REVERT', table, id)
    await this.#put(
      'REVERT',
      table,
      undo.flatMap(({ record }) => record ?? []),
    )
  }

  /** The later commits are known to be none; what this transaction wrote is not among them. */
  async #refuseOwnWrites(undo: readonly Undo[]): Promise<void> {
    for (const { table, id, after } of undo) {
      const blob = (await (await this.#table(table)).blob(id)) ?? null
      if (blob === after) continue
      throw new CommitbaseError(
        'conflict',
        `'${id}' in ${table} was changed by this transaction, so that nothing can be reverted there; revert first, or give force: true`,
      )
    }
  }

  async #refuseTableTwin({ name }: Table): Promise<void> {
    const lowered = name.toLowerCase()
    const others = new Set([...(await this.#tree.list(this.#basedir)).spellings(name), ...this.#tables.keys()])
    others.delete(name)
    if (others.size === 0) return
    const twin = (await this.#folders()).find((other) => others.has(other) && other.toLowerCase() === lowered)
    if (twin === undefined) return
    throw new CommitbaseError(
      'conflict',
      `table '${name}' differs only in case from '${twin}': some file systems cannot hold both; write to '${twin}' or choose another name`,
    )
  }

  /** The table as it is here or, with `at`, as it was; nobody writes to that one. */
  async #table(name: string, at?: string): Promise<Table> {
    const known = this.#tables.get(checkTable(name))
    if (known && at === undefined) return known
    const tree = at === undefined ? this.#tree : await this.#past.tree(at)
    await refuseLinks(tree, [...this.#basedir, name])
    return at === undefined ? this.#open(name) : new Table(tree, this.#basedir, name)
  }

  /** Where to search: only what is here now has indexes. */
  async #place(name: string, at?: string): Promise<Place> {
    const table = await this.#table(name, at)
    return at === undefined ? this.#withIndex(table) : { table }
  }

  #withIndex(table: Table): Place {
    return { table, index: this.#options.index }
  }

  #open(name: string): Table {
    const table = this.#tables.get(name) ?? new Table(this.#tree, this.#basedir, name)
    this.#tables.set(name, table)
    return table
  }

  get #past(): Past {
    const { past, index } = this.#options
    if (!past) throw new CommitbaseError('invalid', 'the past cannot be read here: the transaction has no history')
    this.#openPast ??= new Past({ ...past, index }, this.#basedir)
    return this.#openPast
  }

  /** The folders of tables, whoever made them: those of the tree, and those with records put here. */
  async #folders(): Promise<string[]> {
    const names: string[] = []
    for (const name of new Set([...(await foldersIn(this.#tree, this.#basedir)), ...this.#tables.keys()])) {
      if (!this.#tables.has(name) || (await this.#tables.get(name)!.exists())) names.push(name)
    }
    return names.sort()
  }
}

async function foldersIn(tree: WorkingTree, basedir: Path): Promise<string[]> {
  const children = await tree.list(basedir)
  return [...children].filter(([name, child]) => child.kind === 'folder' && !name.startsWith('.')).map(([name]) => name)
}

function takeChoice(query: Query, { ifMatch, ...page }: ManyOptions) {
  return { search: takeSearch(query, page), ...takePrecondition({ ifMatch }) }
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
