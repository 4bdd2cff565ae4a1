import { CommitbaseError } from '../../errors.ts'
import type { Soon } from '../../git/soon.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { type JsonObject, shown } from '../json/json.ts'
import { decodeRecord, inOrderOfIds, type StoredRecord } from '../tables/record.ts'
import { readSettings } from '../tables/settings.ts'
import { Table, type TableChanges } from '../tables/table.ts'
import { countUniqueKeys, uniqueKeys } from './indexEntries.ts'
import type { IndexView } from './indexView.ts'

/**
 * Throws `conflict`, with both ids, where after these changes two records of a table would have the same values in the fields of
 * a unique index: judged at the end, so that records may exchange their values. Without an index that serves, the table is read.
 * `invalid` where a record would have more keys than can be kept.
 */
export function refuseDuplicates(tree: WorkingTree, changes: readonly TableChanges[], index?: IndexView): Soon<void> {
  const checks = tree.now(() => checksOf(tree, changes, index))
  if (checks instanceof Promise) return checks.then(runAll)
  return checks.length > 0 ? runAll(checks) : undefined
}

async function runAll(checks: readonly UniqueCheck[]): Promise<void> {
  for (const check of checks) await check.run()
}

function checksOf(tree: WorkingTree, changes: readonly TableChanges[], index?: IndexView): UniqueCheck[] {
  const checks: UniqueCheck[] = []
  for (const change of changes) {
    if (change.files.size === 0) continue
    const declared = readSettings(tree, change.path.slice(0, -1)).indexes.get(change.path.at(-1)!) ?? []
    for (const { unique, fields } of declared) if (unique) checks.push(new UniqueCheck(tree, change, fields, index))
  }
  return checks
}

/** The check of one table for one index. */
class UniqueCheck {
  readonly #table: Table
  readonly #change: TableChanges
  readonly #fields: readonly string[]
  readonly #index: IndexView | undefined
  readonly #name: string
  #all: Owners | undefined

  constructor(tree: WorkingTree, change: TableChanges, fields: readonly string[], index?: IndexView) {
    this.#name = change.path.at(-1)!
    this.#table = new Table(tree, change.path.slice(0, -1), this.#name)
    this.#change = change
    this.#fields = fields
    this.#index = index
  }

  async run(): Promise<void> {
    const claims = new Owners(this.#fields, this.#name)
    for (const [id, file] of this.#change.files) {
      if (file !== null) claims.add(decodeRecord(file.bytes, id, id))
    }
    for (const [text, record] of claims.held) {
      const key = Buffer.from(text, 'latin1')
      const owner = this.#change.dropped ? undefined : await this.#ownerOf(key, record)
      if (owner) refuse(this.#name, this.#fields, owner, record)
    }
  }

  /** A record that has the key and is not written here. */
  async #ownerOf(key: Buffer, claimant: StoredRecord): Promise<StoredRecord | undefined> {
    const ids = this.#index?.owners(this.#name, this.#fields, key)
    if (!ids) return await this.#ownerAmongAll(key, claimant)
    const others = ids.filter((id) => !this.#change.files.has(id))
    const { records } = await this.#table.pick(others, (record) => this.#holds(record, key))
    return (await inOrderOfIds(records))[0]
  }

  /** Nobody else has what the record had before. */
  async #ownerAmongAll(key: Buffer, claimant: StoredRecord): Promise<StoredRecord | undefined> {
    const before = await this.#table.now(() => this.#table.get(claimant._id))
    if (before && this.#holds(before, key)) return undefined
    return (await this.#everyOwner()).held.get(key.toString('latin1'))
  }

  #holds(record: StoredRecord, key: Buffer): boolean {
    return uniqueKeys(record, this.#fields).some((one) => one.equals(key))
  }

  async #everyOwner(): Promise<Owners> {
    if (this.#all) return this.#all
    this.#all = new Owners(this.#fields, this.#name, 'first')
    for (const record of await inOrderOfIds((await this.#table.scan()).records))
      if (!this.#change.files.has(record._id)) this.#all.add(record)
    return this.#all
  }
}

/**
 * Throws `conflict` where two records of the table have the same values in the fields of a unique index: for whoever did not
 * write them through a transaction.
 */
export async function refuseStoredDuplicates(tree: WorkingTree, basedir: Path, name: string): Promise<void> {
  const { indexes } = await tree.now(() => readSettings(tree, basedir))
  const unique = (indexes.get(name) ?? []).filter((index) => index.unique)
  if (unique.length === 0) return
  const records = await inOrderOfIds((await new Table(tree, basedir, name).scan()).records)
  for (const { fields } of unique) {
    const owners = new Owners(fields, name)
    for (const record of records) owners.add(record)
  }
}

/** Records by their unique keys. */
class Owners {
  readonly held = new Map<string, StoredRecord>()
  readonly #fields: readonly string[]
  readonly #table: string
  readonly #twice: 'refused' | 'first'

  /** `twice`: whether a second record with a key is refused, or the first one stays. */
  constructor(fields: readonly string[], table: string, twice: 'refused' | 'first' = 'refused') {
    this.#fields = fields
    this.#table = table
    this.#twice = twice
  }

  add(record: StoredRecord): void {
    refuseTooMany(record, this.#fields)
    for (const key of uniqueKeys(record, this.#fields)) {
      const text = key.toString('latin1')
      const owner = this.held.get(text)
      if (owner && this.#twice === 'refused') refuse(this.#table, this.#fields, owner, record)
      if (!owner) this.held.set(text, record)
    }
  }
}

/** Of one record in one unique index. */
const mostKeys = 10_000

function refuseTooMany(record: StoredRecord, fields: readonly string[]): void {
  const count = countUniqueKeys(record, fields)
  if (count <= mostKeys) return
  throw new CommitbaseError(
    'invalid',
    `'${record._id}' has ${count.toLocaleString('en')} combinations of values in the unique index on ${fields.join(', ')}; ${mostKeys.toLocaleString('en')} are possible`,
  )
}

function refuse(table: string, fields: readonly string[], one: JsonObject, other: JsonObject): never {
  const values = fields.map((field) => shown(valueAt(other, field)))
  throw new CommitbaseError(
    'conflict',
    `'${one._id}' and '${other._id}' in '${table}' would have the same ${fields.join(', ')} (${values.join(', ')}), which its unique index allows once; change one of them`,
  )
}

function valueAt(record: JsonObject, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => Object(value)[key], record) ?? null
}
