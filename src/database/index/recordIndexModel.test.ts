import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyFields, anyPath, anyQuery } from '../../../test/database/anyRecords.ts'
import { codeOf, messageOf } from '../../errors.ts'
import { openMemory } from '../../git/memory.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import type { JsonObject } from '../json/json.ts'
import { type Page, pageOf } from '../queries/page.ts'
import { compileQuery } from '../queries/query.ts'
import { tableFanout } from '../tables/tableFolder.ts'
import { commitTransaction } from '../transactions/apply.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { RecordIndex } from './recordIndex.ts'

const branch = 'refs/heads/main'
const now = '2026-01-01T00:00:00.000Z'

type Change = readonly [id: string, fields: JsonObject | null | 'drop']
/** One transaction: what it changes, and whether it throws in the end. */
interface Write {
  readonly changes: readonly Change[]
  readonly fails: boolean
}
type Command =
  | { readonly kind: 'batch'; readonly writes: readonly Write[]; readonly loses: boolean }
  | { readonly kind: 'push'; readonly changes: readonly Change[]; readonly told: boolean }
  | { readonly kind: 'settings'; readonly indexes: readonly string[][] }
  | { readonly kind: 'restart'; readonly deleted: boolean }
  | { readonly kind: 'settle' }
  | { readonly kind: 'find'; readonly query: JsonObject; readonly page: Page }
  /** A find by the first field of one of the indexes that there are, when they have all that was written. */
  | { readonly kind: 'findIndexed'; readonly place: number; readonly value: unknown; readonly page: Page }

const id = fc.constantFrom('A', 'b', 'c', 'd', 'Z', '~', '10', '9')
const put = fc.tuple(id, anyFields as fc.Arbitrary<JsonObject>)
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: put },
  { weight: 2, arbitrary: fc.tuple(id, fc.constant(null)) },
  { weight: 1, arbitrary: fc.tuple(id, fc.constant('drop' as const)) },
)
const stored = fc.oneof({ weight: 4, arbitrary: put }, fc.tuple(id, fc.constant(null)))
const write = fc.record({ changes: fc.array(change, { maxLength: 4 }), fails: fc.boolean() })
const sort = fc.dictionary(anyPath, fc.constantFrom(1 as const, -1 as const), { maxKeys: 2 })
const page = fc.record(
  { sort, skip: fc.integer({ min: 0, max: 2 }), limit: fc.integer({ min: 0, max: 4 }) },
  { requiredKeys: [] },
)
const indexes = fc.uniqueArray(fc.uniqueArray(anyPath, { minLength: 1, maxLength: 2 }), {
  minLength: 1,
  maxLength: 4,
  selector: (fields) => fields.join(),
})
const condition = fc.constantFrom<unknown>(0, 1, null, 'a', { $gt: 0 }, { $lte: 2 })
const query = fc.oneof(
  anyQuery as fc.Arbitrary<JsonObject>,
  fc.tuple(anyPath, condition).map((entry) => Object.fromEntries([entry])),
)
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      writes: fc.array(write, { minLength: 1, maxLength: 3 }),
      loses: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      changes: fc.array(stored, { maxLength: 3 }),
      told: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settings' as const), indexes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), deleted: fc.boolean() }) },
  { weight: 6, arbitrary: fc.constant({ kind: 'settle' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('find' as const), query, page }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('findIndexed' as const), place: fc.nat(), value: condition, page }),
  },
)

/** A branch, its writer and its index, and beside them the records as they must be. */
class World {
  readonly repository: Repository = openMemory()
  readonly model = new Map<string, JsonObject>()
  readonly #path: string
  #index!: RecordIndex
  #writer!: Writer
  #fields: readonly string[][] = []
  /** How many finds went by an index. */
  indexed = 0

  constructor(path: string) {
    this.#path = path
  }

  async open(): Promise<void> {
    this.#index = new RecordIndex({
      path: this.#path,
      basedir: 'db',
      read: (oids) => this.repository.read(oids),
      onProblem: (problem) => assert.fail(problem),
    })
    this.#index.landed(await this.#tip())
    const landed = (workspace: Workspace) => this.#index.landed(workspace.landed(branch))
    this.#writer = new Writer({ repository: this.repository, refs: [branch], landed, random: () => 0 })
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.#index.close()
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'batch':
        return await this.#batch(command.writes, command.loses)
      case 'push':
        return await this.#push(command.changes, command.told)
      case 'settings':
        return await this.#settings(command.indexes)
      case 'restart':
        await this.close()
        if (command.deleted) await rm(this.#path)
        return await this.open()
      case 'settle':
        return await this.#index.settled()
      case 'find':
        return await this.#find(command.query, command.page)
      case 'findIndexed': {
        const [field] = this.#fields[command.place % this.#fields.length]!
        await this.#index.settled()
        return await this.#find({ [field!]: command.value } as JsonObject, command.page)
      }
      default:
        command satisfies never
    }
  }

  /** `loses`: somebody else moves the branch before the batch lands, and all of it is evaluated again. */
  async #batch(writes: readonly Write[], loses: boolean): Promise<void> {
    if (loses) this.model.set('lost', { _id: 'lost', a: 1 })
    let isFirst = loses
    const results = writes.map(({ changes, fails }) =>
      this.#transact(async (tx) => {
        if (isFirst) {
          isFirst = false
          await this.#land([['lost', { a: 1 }]])
        }
        for (const [id, fields] of changes) {
          if (fields === 'drop') await tx.dropTable('stock')
          else if (fields === null) await tx.deleteOne('stock', { _id: id })
          else await tx.upsert('stock', { ...fields, _id: id })
        }
        if (fails) throw new Error('on purpose')
      }),
    )
    for (const [place, result] of (await Promise.allSettled(results)).entries()) {
      const problem = result.status === 'rejected' ? messageOf(result.reason) : undefined
      assert.equal(problem, writes[place]!.fails ? 'on purpose' : undefined)
      if (result.status === 'fulfilled') for (const change of writes[place]!.changes) this.#apply(change)
    }
    if (!loses) return
    // A batch that wrote nothing lost nothing, and has not seen the other's commit: what it dropped was there before.
    if (await this.#holds('lost')) this.model.set('lost', { _id: 'lost', a: 1 })
    await this.#push([], true)
  }

  /** Whether the branch has a file of that record. */
  async #holds(id: string): Promise<boolean> {
    const workspace = await Workspace.open(this.repository, [branch])
    return (await tableFanout(workspace.tree(branch), ['db', 'stock']).find(id)) !== undefined
  }

  /** A person's commit. `told`: whether the index hears of it before the next batch lands. */
  async #push(changes: readonly Change[], told: boolean): Promise<void> {
    await this.#writer.exclusively(async () => {
      await this.#land(changes)
      if (told) this.#index.landed(await this.#tip())
    })
    for (const change of changes) this.#apply(change)
  }

  async #settings(indexes: readonly string[][]): Promise<void> {
    this.#fields = indexes
    await this.#writer.exclusively(async () => {
      const settings = { tables: { stock: { indexes: indexes.map((fields) => ({ fields })) } } }
      await this.#commit((tree) => tree.write(['db', '.commitbase.json'], Buffer.from(JSON.stringify(settings))))
      this.#index.landed(await this.#tip())
    })
  }

  async #land(changes: readonly Change[]): Promise<void> {
    await this.#commit(async (tree) => {
      for (const [id, fields] of changes) {
        const path = ['db', 'stock', `${id}.json`]
        if (fields === null) await tree.remove(path)
        else await tree.write(path, Buffer.from(JSON.stringify({ _id: id, ...(fields as JsonObject) })))
      }
    })
  }

  async #commit(work: (tree: ReturnType<Workspace['tree']>) => Promise<unknown>): Promise<void> {
    const workspace = await Workspace.open(this.repository, [branch])
    await work(workspace.tree(branch))
    workspace.commit(branch, { message: 'By hand', author: { name: 'A person', email: 'p@example.com' }, time: 0 })
    assert.equal(await workspace.land(), 'landed')
  }

  #apply([id, fields]: Change): void {
    if (fields === 'drop') this.model.clear()
    else if (fields === null) this.model.delete(id)
    else this.model.set(id, JSON.parse(JSON.stringify({ ...fields, _id: id })))
  }

  async #find(query: JsonObject, page: Page): Promise<void> {
    const expected = await outcome(async () => {
      const matcher = compileQuery(query)
      const records = [...this.model.values()].sort((a, b) => (a._id! < b._id! ? -1 : 1))
      return pageOf(
        records.filter((record) => matcher.matches(record)),
        page,
        matcher,
      ).map(({ _id }) => _id)
    })
    const found = await outcome(() =>
      this.#transact(async (tx) => {
        if ((await tx.explain('stock', query)).index !== null) this.indexed++
        return (await tx.findMany('stock', query, page)).map(({ _id }) => _id)
      }),
    )
    assert.deepEqual(found, expected)
  }

  #transact<T>(work: (tx: DatabaseTransaction) => Promise<T>): Promise<T> {
    return this.#writer.submit(async (workspace) => {
      const tree = workspace.tree(branch)
      const index = this.#index.at(workspace.tip(branch))
      const { fingerprints } = this.#index
      const tx = createTransaction({ tree, basedir: 'db', now, newId: () => 'new', index, fingerprints })
      const result = await work(tx)
      const details = { title: 'test', trailers: [], time: 0, index: this.#index }
      await commitTransaction(workspace, branch, tx, details)
      return result
    })
  }

  async #tip(): Promise<string | null> {
    return (await this.repository.refs([branch])).get(branch) ?? null
  }
}

async function outcome<T>(work: () => Promise<T>): Promise<T | 'refused'> {
  try {
    return await work()
  } catch (error) {
    if (codeOf(error) !== 'invalid') throw error
    return 'refused'
  }
}

test('finds by an index equal those in a plain model, whatever writes, pushes, settings, lost races and restarts come between', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'index-model-'))
  let runs = 0
  let indexed = 0
  const property = fc.asyncProperty(
    indexes,
    fc.array(command, { minLength: 5, maxLength: 25 }),
    async (first, commands) => {
      const world = new World(join(folder, `${++runs}.sqlite`))
      await world.open()
      try {
        for (const command of [{ kind: 'settings', indexes: first } as const, ...commands])
          await world.run(structuredClone(command))
        indexed += world.indexed
      } finally {
        await world.close()
      }
    },
  )
  try {
    await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 20_000, endOnFailure: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  assert(indexed > runs / 3, `only ${indexed} finds went by an index in ${runs} runs`)
})
