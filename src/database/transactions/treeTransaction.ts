import { CommitbaseError } from '../../errors.ts'
import type { Path, Soon, WorkingTree } from '../../git/trees/workingTree.ts'
import type { JsonObject } from '../json/json.ts'
import { Past } from '../past/past.ts'
import { type Reverted, type RevertOptions, type RevertTarget, refuseLater, type Undo } from '../past/revert.ts'
import {
  countIn,
  type FindOptions,
  findIn,
  matchingPage,
  type Place,
  type Query,
  type Search,
  takeSearch,
} from '../queries/find.ts'
import { lookUp } from '../queries/lookUp.ts'
import { checkId, checkTable, nameProblem, parseBasedir } from '../tables/names.ts'
import { applyPatch, type Patch, takePatch } from '../tables/patch.ts'
import { type StoredRecord, takeFields } from '../tables/record.ts'
import { type Draft, Table, type TableChanges } from '../tables/table.ts'
import { checkMatch, type IfMatch, type Precondition, refuseThere, takePrecondition } from './precondition.ts'
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
    return this.#turns.next(() => this.#look(table, at, (looked) => looked.get(checkId(id))))
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
    return this.#turns.next(() => this.#look(table, at, (looked) => looked.blob(checkId(id))))
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
        this.#change(table, (patched) => {
          const record = patched.get(checkId(id))
          if (precondition.ifMatch) checkMatches(patched, [id], precondition.ifMatch)
          if (!record)
            throw new CommitbaseError(
              'not_found',
              `there is no '${id}' in ${table} to patch; insert it, or look at its id`,
            )
          return this.#putOne('PATCH', patched, applyPatch(record, taken))
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
      this.#change(table, (dropped) => {
        if (dropped.exists()) this.#changed.push({ operation: 'DROPTABLE', table })
        dropped.drop()
        return { table }
      }),
    )
  }

  dropDatabase(): Promise<{ droppedDB: true }> {
    return this.#turns.next(async () => {
      const names = await this.#tree.now(() => this.#folders())
      if (names.length > 0) this.#changed.push({ operation: 'DROPDB' })
      for (const name of names) this.#open(name).drop()
      return { droppedDB: true }
    })
  }

  tables({ at }: At = {}): Promise<string[]> {
    return this.#turns.next(async () => {
      const names =
        at === undefined
          ? await this.#tree.now(() => this.#folders())
          : await this.#past.tree(at).then((tree) => tree.now(() => foldersIn(tree, this.#basedir)))
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
      for (const [name, undo] of Map.groupBy(plan.undo, ({ table }) => table)) await this.#undo(name, undo)
      return { revertedCommit: plan.commit, revertedRecords: plan.undo.map(({ table, id }) => ({ table, id })) }
    })
  }

  async finish(): Promise<TableChanges[]> {
    const finished = this.#turns.finish()
    if (finished) await finished
    const changes: TableChanges[] = []
    for (const table of this.#tables.values()) changes.push(table.changes)
    return changes
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

  async #replace(table: string, given: TakenRecord, search: Search): Promise<StoredRecord> {
    const [existing] = await matchingPage(await this.#place(table), search, 1)
    return this.#write('UPSERT', table, { ...given, existing })
  }

  #write(operation: string, name: string, { fields, existing, search, precondition }: TakenRecord): Soon<StoredRecord> {
    return this.#change(name, (table) => {
      const given = existing?._id ?? (fields._id as string | undefined) ?? search?.matcher.id
      const _id = given ?? this.#options.newId()
      if (precondition) checkPrecondition(table, _id, precondition)
      return this.#putOne(operation, table, withId(fields, _id))
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
        const records = await matchingPage(await this.#place(name), search, most)
        const ids = records.map(({ _id }) => _id)
        await this.#change(name, (table) => {
          if (ifMatch !== undefined) checkMatches(table, ids, ifMatch)
          const updated = records.map((record) => ({ ...record, ...keepsId(fields, record) }))
          this.#put(operation, table, updated)
        })
        return { updatedCount: records.length, updatedRecordIds: ids }
      },
    )
  }

  #delete(operation: string, name: string, query: Query, options: ManyOptions = {}, most?: number): Promise<Deleted> {
    return this.#turns.take(
      () => takeChoice(query, options),
      async ({ search, ifMatch }) => {
        const ids = (await matchingPage(await this.#place(name), search, most)).map(({ _id }) => _id)
        if (ifMatch !== undefined) await this.#change(name, (table) => checkMatches(table, ids, ifMatch))
        for (const id of ids) await this.#change(name, (table) => this.#remove(operation, table, id))
        return { count: ids.length, deletedRecordIds: ids }
      },
    )
  }

  #remove(operation: string, table: Table, id: string): void {
    table.remove(id)
    this.#changed.push({ operation, table: table.name, id })
  }

  /** Puts those that differ from what is there, once all of them are found good. Gives them as they are stored. */
  #put(operation: string, table: Table, records: readonly StoredRecord[]): StoredRecord[] {
    const stored = records.map((record) => table.same(record))
    if (stored.includes(undefined)) this.#refuseTableTwin(table)
    const drafts = records.map((record, place) => (stored[place] ? undefined : this.#draft(table, record)))
    return drafts.map((draft, place) => (draft ? this.#keep(operation, table, draft) : stored[place]!))
  }

  /** The same for one. */
  #putOne(operation: string, table: Table, record: StoredRecord): StoredRecord {
    const stored = table.same(record)
    if (stored) return stored
    this.#refuseTableTwin(table)
    return this.#keep(operation, table, this.#draft(table, record))
  }

  #draft(table: Table, record: StoredRecord): Draft {
    return table.check({ ...record, _updated: this.#options.now })
  }

  #keep(operation: string, table: Table, draft: Draft): StoredRecord {
    this.#changed.push({ operation, table: table.name, id: draft.record._id })
    return table.put(draft)
  }

  /** What goes makes room first: an id may come back in another case. */
  async #undo(name: string, undo: readonly Undo[]): Promise<void> {
    for (const { id, record } of undo) {
      if (record) continue
      await this.#change(name, (table) => {
        if (table.blob(id)) this.#remove('REVERT', table, id)
      })
    }
    const records = undo.flatMap(({ record }) => record ?? [])
    await this.#change(name, (table) => this.#put('REVERT', table, records))
  }

  /** The later commits are known to be none; what this transaction wrote is not among them. */
  async #refuseOwnWrites(undo: readonly Undo[]): Promise<void> {
    for (const { table, id, after } of undo) {
      const blob = (await this.#change(table, (looked) => looked.blob(id))) ?? null
      if (blob === after) continue
      throw new CommitbaseError(
        'conflict',
        `'${id}' in ${table} was changed by this transaction, so that nothing can be reverted there; revert first, or give force: true`,
      )
    }
  }

  #refuseTableTwin({ name, twins }: Table): void {
    if (twins.length === 0 && this.#tables.size === 1) return
    const lowered = name.toLowerCase()
    const others = new Set([...twins, ...this.#tables.keys()])
    others.delete(name)
    const twin = this.#folders().find((other) => others.has(other) && other.toLowerCase() === lowered)
    if (twin === undefined) return
    throw new CommitbaseError(
      'conflict',
      `table '${name}' differs only in case from '${twin}': some file systems cannot hold both; write to '${twin}' or choose another name`,
    )
  }

  /** What the action gives on the table as it is here. It may run again: it changes nothing before it has read all (`WorkingTree.now`). */
  #change<T>(name: string, action: (table: Table) => T): Soon<T> {
    return this.#tree.now(() => action(this.#table(name)))
  }

  /** What the action gives on the table as it is here or, with `at`, as it was. */
  #look<T>(name: string, at: string | undefined, action: (table: Table) => T): Soon<T> {
    if (at === undefined) return this.#change(name, action)
    return this.#tableAt(name, at).then((table) => table.now(() => action(table)))
  }

  #table(name: string): Table {
    const known = this.#tables.get(checkTable(name))
    if (known) return known
    const table = this.#newTable(name)
    table.refuseLinks()
    this.#tables.set(name, table)
    return table
  }

  #newTable(name: string): Table {
    return new Table(this.#tree, this.#basedir, name, this.#options.fingerprints)
  }

  /** Nobody writes to that one. */
  async #tableAt(name: string, at: string): Promise<Table> {
    checkTable(name)
    const tree = await this.#past.tree(at)
    const table = new Table(tree, this.#basedir, name)
    await tree.now(() => table.refuseLinks())
    return table
  }

  /** Where to search: only what is here now has indexes. */
  async #place(name: string, at?: string): Promise<Place> {
    if (at !== undefined) return { table: await this.#tableAt(name, at) }
    return { table: await this.#change(name, (table) => table), index: this.#options.index }
  }

  #open(name: string): Table {
    const table = this.#tables.get(name) ?? this.#newTable(name)
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
  #folders(): string[] {
    const names = [...new Set([...foldersIn(this.#tree, this.#basedir), ...this.#tables.keys()])]
    return names.filter((name) => this.#tables.get(name)?.exists() ?? true).sort()
  }
}

function foldersIn(tree: WorkingTree, basedir: Path): string[] {
  const children = tree.listNow(basedir)
  return [...children].filter(([name, child]) => child.kind === 'folder' && !name.startsWith('.')).map(([name]) => name)
}

/** A record to write: its fields, and what was found of where it goes. */
interface TakenRecord {
  readonly fields: JsonObject
  readonly existing?: StoredRecord | undefined
  readonly search?: Search | undefined
  readonly precondition?: Precondition | undefined
}

function checkPrecondition(table: Table, id: string, { ifMatch, ifAbsent }: Precondition): void {
  if (ifMatch !== undefined) checkMatches(table, [id], ifMatch)
  const blob = ifAbsent ? table.blob(id) : undefined
  if (blob !== undefined) refuseThere(table.name, id, blob)
}

function checkMatches(table: Table, ids: readonly string[], ifMatch: IfMatch): void {
  const found = ids.map((id) => ({ id, blob: table.blob(id) }))
  checkMatch(table.name, found, ifMatch)
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
