import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { openMemory } from '../../git/memory.ts'
import { type GitObject, type Oid, wholeObject } from '../../git/objects/object.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { Workspace } from '../../git/workspace.ts'
import type { JsonObject } from '../json/json.ts'
import { commitTransaction } from './apply.ts'
import type { DatabaseTransaction } from './transaction.ts'
import { createTransaction } from './treeTransaction.ts'

const branch = 'refs/heads/main'
const first = '2026-01-01T00:00:00.000Z'
const later = '2026-01-02T00:00:00.000Z'
let workspace: Workspace
let ids: number

beforeEach(async () => {
  workspace = await Workspace.open(openMemory(), [branch])
  ids = 0
})

function begin(now = first): DatabaseTransaction {
  return createTransaction({ tree: workspace.tree(branch), basedir: 'db', now, newId: () => `new-${++ids}` })
}

async function commit(tx: DatabaseTransaction): Promise<string | undefined> {
  return (await commitTransaction(workspace, branch, tx, { title: 'test', trailers: [], time: 0 }))?.commit
}

/** One transaction with its commit. */
async function transact<T>(work: (tx: DatabaseTransaction) => Promise<T>, now = first): Promise<T> {
  const tx = begin(now)
  const result = await work(tx)
  await commit(tx)
  return result
}

const fileOf = async (path: string) => (await workspace.tree(branch).read(path.split('/')))?.toString()
const write = (path: string, text: string) => workspace.tree(branch).write(path.split('/'), Buffer.from(text))

describe('a transaction behaves as a map of tables', () => {
  const table = fc.constantFrom('stock', 'order')
  const id = fc.constantFrom('a', 'b', 'c', 'd')
  const fields = fc.record(
    { n: fc.integer({ min: 0, max: 2 }), m: fc.integer({ min: 0, max: 1 }) },
    { requiredKeys: [] },
  )
  const query = fc.oneof(fields, fc.record({ _id: id }), fc.constant({ n: { $gte: 1 } }))
  const step = fc.oneof(
    fc.record({ kind: fc.constant('upsert' as const), table, id, fields }),
    fc.record({ kind: fc.constant('replace' as const), table, id, fields, query }),
    fc.record({ kind: fc.constant('update' as const), table, fields, query, many: fc.boolean() }),
    fc.record({ kind: fc.constant('delete' as const), table, query, many: fc.boolean() }),
    fc.record({ kind: fc.constant('dropTable' as const), table }),
    fc.record({ kind: fc.constant('dropDatabase' as const) }),
    fc.record({ kind: fc.constant('commit' as const) }),
  )

  test('whatever is done, and wherever it is committed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        workspace = await Workspace.open(openMemory(), [branch])
        const model: Model = new Map()
        let tx = begin()
        for (const one of steps) {
          if (one.kind === 'commit') {
            await commit(tx)
            tx = begin()
          } else await applyBoth(one, tx, model)
          await assertSame(tx, model)
        }
      }),
      { numRuns: 200 },
    )
  })

  type Model = Map<string, Map<string, JsonObject>>
  type Step = typeof step extends fc.Arbitrary<infer T> ? Exclude<T, { kind: 'commit' }> : never

  async function applyBoth(one: Step, tx: DatabaseTransaction, model: Model): Promise<void> {
    if (one.kind === 'dropDatabase') {
      await tx.dropDatabase()
      return model.clear()
    }
    const records = model.get(one.table) ?? new Map<string, JsonObject>()
    model.set(one.table, records)
    const matching = (query: JsonObject) =>
      [...records.values()]
        .filter((record) => matches(record, query))
        .map(({ _id }) => _id as string)
        .sort()
    if (one.kind === 'dropTable') {
      await tx.dropTable(one.table)
      records.clear()
    } else if (one.kind === 'upsert') {
      await tx.upsert(one.table, { _id: one.id, ...one.fields })
      records.set(one.id, { _id: one.id, ...one.fields })
    } else if (one.kind === 'replace') {
      const replaced = matching(one.query)[0] ?? one.id
      assert.equal((await tx.upsert(one.table, { _id: one.id, ...one.fields }, one.query))._id, replaced)
      records.set(replaced, { ...one.fields, _id: replaced })
    } else if (one.kind === 'update') {
      const ids = matching(one.query).slice(0, one.many ? undefined : 1)
      const result = await (one.many
        ? tx.updateMany(one.table, one.fields, one.query)
        : tx.updateOne(one.table, one.fields, one.query))
      assert.deepEqual(result, { updatedCount: ids.length, updatedRecordIds: ids })
      for (const id of ids) records.set(id, { ...records.get(id), ...one.fields })
    } else {
      const ids = matching(one.query).slice(0, one.many ? undefined : 1)
      const result = await (one.many ? tx.deleteMany(one.table, one.query) : tx.deleteOne(one.table, one.query))
      assert.deepEqual(result, { count: ids.length, deletedRecordIds: ids })
      for (const id of ids) records.delete(id)
    }
  }

  function matches(record: JsonObject, query: JsonObject): boolean {
    return Object.entries(query).every(([key, value]) =>
      typeof value === 'object' ? (record[key] as number) >= 1 : record[key] === value,
    )
  }

  async function assertSame(tx: DatabaseTransaction, model: Model): Promise<void> {
    for (const table of ['stock', 'order']) {
      const records = model.get(table) ?? new Map<string, JsonObject>()
      const expected = [...records.keys()].sort().map((id) => ({ ...records.get(id), _updated: first }))
      assert.deepEqual(await tx.findMany(table), expected)
      assert.equal(await tx.count(table, { n: 1 }), expected.filter((record) => 'n' in record && record.n === 1).length)
      for (const id of ['a', 'd'])
        assert.deepEqual(
          await tx.get(table, id),
          expected.find((record) => '_id' in record && record._id === id),
        )
    }
    const names = [...model].filter(([, records]) => records.size > 0).map(([name]) => name)
    assert.deepEqual(await tx.tables(), names.sort())
  }
})

describe('_id and _updated are kept by the database', () => {
  test('a record without an _id gets one, at its front', async () => {
    const record = await transact((tx) => tx.upsert('stock', { name: 'cup' }))
    assert.equal(
      await fileOf('db/stock/new-1.json'),
      `{\n  "_id": "new-1",\n  "name": "cup",\n  "_updated": "${first}"\n}\n`,
    )
    assert.deepEqual(record, { _id: 'new-1', name: 'cup', _updated: first })
  })

  test('a record that a query for an _id does not find is inserted under that _id, so that a second try finds it', async () => {
    const tx = begin()
    for (const n of [1, 2]) await tx.upsert('stock', { n }, { _id: 'cup' })
    assert.deepEqual(await tx.findMany('stock'), [{ _id: 'cup', n: 2, _updated: first }])
    assert.equal((await tx.upsert('stock', { _id: 'mug' }, { _id: 'none' }))._id, 'mug')
  })

  test('an _updated that came is ignored; a record that says the same keeps the stored one, and makes no commit', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup', a: 1, b: [{}], _updated: 'never' }))
    const tx = begin(later)
    const stored = { _id: 'cup', a: 1, b: [{}], _updated: first }
    assert.deepEqual(await tx.upsert('stock', { b: [{}], a: 1, _id: 'cup', _updated: 'now' }), stored)
    assert.deepEqual(await tx.updateMany('stock', { a: 1 }, {}), { updatedCount: 1, updatedRecordIds: ['cup'] })
    assert.equal(await commit(tx), undefined)
    const changed = await transact((tx) => tx.upsert('stock', { _id: 'cup', a: 2 }), later)
    assert.deepEqual(changed, { _id: 'cup', a: 2, _updated: later })
  })

  test('there and back within one transaction is no change', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup', a: 1 }))
    const tx = begin(later)
    await tx.deleteOne('stock', { _id: 'cup' })
    await tx.upsert('stock', { _id: 'cup', a: 2 })
    await tx.upsert('stock', { _id: 'cup', a: 1 })
    assert.deepEqual(await tx.get('stock', 'cup'), { _id: 'cup', a: 1, _updated: first })
    assert.equal(await commit(tx), undefined)
  })

  test('-0 is stored as 0, and is the same', async () => {
    const record = await transact((tx) => tx.upsert('stock', { _id: 'cup', a: -0 }))
    assert.ok(Object.is(record.a, 0))
    const tx = begin(later)
    await tx.upsert('stock', { _id: 'cup', a: -0 })
    assert.equal(await commit(tx), undefined)
  })

  test('an update cannot change an _id', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup' }))
    const message = /cannot change the _id of 'cup' to 'jug'/
    await assert.rejects(begin().updateOne('stock', { _id: 'jug' }, { _id: 'cup' }), { code: 'invalid', message })
    assert.deepEqual(await begin().updateOne('stock', { _id: 'cup', a: 1 }, {}), {
      updatedCount: 1,
      updatedRecordIds: ['cup'],
    })
  })
})

describe('what came is checked, and what is wrong is named', () => {
  const refused = async (record: unknown, message: RegExp, table = 'stock') => {
    const tx = begin()
    await assert.rejects(tx.upsert(table, record as JsonObject), { name: 'CommitbaseError', code: 'invalid', message })
    assert.equal(await commit(tx), undefined)
  }

  test('a table outside of the database', () => refused({}, /^table must be .*; got '\.\.\/x'$/, '../x'))
  test('an id of 129 characters', () =>
    refused({ _id: 'x'.repeat(129) }, /^_id must be 1 to 128 characters .*; got 'xxx.*…' \(129 characters\)$/))
  test('an id that is no text', () => refused({ _id: 7 }, /^_id must be a text; got 7$/))
  test('a key __proto__', () =>
    refused(JSON.parse('{"a": {"__proto__": 1}}'), /^record at \/a: the key '__proto__' is not allowed$/))
  test('a record of 2 MiB', () =>
    refused({ _id: 'cup', text: 'x'.repeat(2_097_152) }, /^a record is at most 1,048,576 bytes; 'cup' has 2,097,/))
  test('a value that JSON has not', () =>
    refused({ a: Number.NaN }, /^record at \/a: a number must be finite; got NaN$/))
  test('a record that is a list', () => refused([1], /^record must be an object; got \[1\]$/))
  test('a record that is missing', () => refused(undefined, /^record must be an object; got undefined$/))

  test('a delete or an update without a query', async () => {
    await assert.rejects(begin().deleteMany('stock', undefined as never), {
      code: 'invalid',
      message: /^query must be an object; got undefined$/,
    })
    await assert.rejects(begin().updateMany('stock', {}, undefined as never), {
      code: 'invalid',
      message: /^query must be/,
    })
  })

  test('a record of exactly 1 MiB fits', async () => {
    const frame = JSON.stringify({ _id: 'cup', text: '', _updated: first }, null, 2).length + 1
    await transact((tx) => tx.upsert('stock', { _id: 'cup', text: 'x'.repeat(1_048_576 - frame) }))
    assert.equal((await fileOf('db/stock/cup.json'))?.length, 1_048_576)
  })
})

describe('ids and tables that differ only in case', () => {
  test('are refused, with both named, whether committed or not', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup' }))
    const tx = begin()
    await assert.rejects(tx.upsert('stock', { _id: 'CUP' }), {
      code: 'conflict',
      message: /^'CUP' differs only in case from 'cup' in db\/stock/,
    })
    await assert.rejects(tx.upsert('Stock', { _id: 'x' }), {
      code: 'conflict',
      message: /^table 'Stock' differs only in case from 'stock'/,
    })
    await tx.upsert('order', { _id: 'a' })
    await assert.rejects(tx.upsert('order', { _id: 'A' }), { code: 'conflict', message: /'A' .* 'a'/ })
    await assert.rejects(tx.upsert('ORDER', { _id: 'b' }), { code: 'conflict', message: /'ORDER' .* 'order'/ })
  })

  test('are refused also where the other table came behind a write', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup' }))
    await transact((tx) => tx.upsert('stock', { _id: 'mug' }))
    await write('db/STOCK/x.json', '{"_id": "x"}')
    await assert.rejects(begin().upsert('stock', { _id: 'jug' }), { code: 'conflict', message: /'stock' .* 'STOCK'/ })
    await workspace.tree(branch).remove(['db', 'STOCK'])
    assert.ok(await begin().upsert('stock', { _id: 'jug' }))
  })

  test('may follow each other', async () => {
    await transact((tx) => tx.upsert('stock', { _id: 'cup' }))
    await transact(async (tx) => {
      await tx.deleteOne('stock', { _id: 'cup' })
      await tx.upsert('stock', { _id: 'CUP' })
      await tx.dropTable('stock')
      await tx.upsert('Stock', { _id: 'cup' })
    })
    assert.equal(await fileOf('db/stock/cup.json'), undefined)
    assert.match((await fileOf('db/Stock/cup.json'))!, /"cup"/)
  })
})

describe('what a person left in the folders', () => {
  test('a file that is no record is an error that names it, not a record that is missing', async () => {
    await write('db/stock/a.json', '{"_id": "a"')
    await write('db/order/b.json', '{"_id": "c"}')
    await write('db/shipping/my record.json', '{"_id": "my record"}')
    await assert.rejects(begin().findMany('stock'), {
      code: 'internal',
      message: /^db\/stock\/a\.json holds no record: the file is not JSON/,
    })
    await assert.rejects(begin().get('stock', 'a'), { code: 'internal', message: /db\/stock\/a\.json/ })
    await assert.rejects(begin().findMany('order'), {
      message: /^db\/order\/b\.json holds no record: its _id must be the file's name, 'b'; got 'c'/,
    })
    await assert.rejects(begin().findMany('shipping'), {
      message: /^db\/shipping\/my record\.json holds no record: its name must be 1 to 128/,
    })
  })

  test('a record without _updated, and in another format, is a record, and stays as it is until it changes', async () => {
    await write('db/stock/a.json', '{"n":1,"_id":"a"}')
    const tx = begin(later)
    assert.deepEqual(await tx.upsert('stock', { _id: 'a', n: 1 }), { n: 1, _id: 'a' })
    await tx.updateOne('stock', { n: 2 }, { n: 1 })
    assert.deepEqual(await tx.findMany('stock'), [{ n: 2, _id: 'a', _updated: later }])
  })

  test('a symbolic link, a submodule or a file in the place of a table is never followed', async () => {
    const tree = workspace.tree(branch)
    tree.placeNow(['db', 'stock'], { kind: 'other', mode: '120000', oid: '1'.repeat(40) })
    tree.placeNow(['db', 'order'], { kind: 'other', mode: '160000', oid: '1'.repeat(40) })
    await write('db/shipping', 'text')
    await assert.rejects(begin().upsert('stock', {}), {
      code: 'conflict',
      message: /^db\/stock is a symbolic link, not a folder/,
    })
    await assert.rejects(begin().findMany('order'), { code: 'conflict', message: /^db\/order is a submodule/ })
    await assert.rejects(begin().upsert('shipping', {}), { code: 'conflict', message: /^db\/shipping is a file/ })
    await write('db/customer/y.json', '{"_id": "y"}')
    await transact((tx) => tx.upsert('customer', { _id: 'y', n: 1 }))
    tree.placeNow(['db', 'customer'], { kind: 'other', mode: '120000', oid: '1'.repeat(40) })
    await assert.rejects(begin().upsert('customer', { _id: 'y' }), { message: /^db\/customer is a symbolic link/ })
    await tree.remove(['db', 'customer'])
    tree.placeNow(['db', 'customer', 'x.json'], { kind: 'other', mode: '120000', oid: '1'.repeat(40) })
    await assert.rejects(begin().get('customer', 'x'), { code: 'conflict', message: /db\/customer\/x\.json/ })
    await tree.remove(['db'])
    tree.placeNow(['db'], { kind: 'other', mode: '120000', oid: '1'.repeat(40) })
    await assert.rejects(begin().upsert('stock', {}), { code: 'conflict', message: /^db is a symbolic link/ })
  })
})

describe('a table with a schema', () => {
  beforeEach(async () => {
    const schema = {
      required: ['price'],
      properties: { price: { type: 'integer' }, at: { type: 'string', format: 'date-time' } },
    }
    await write('db/stock/.schema.json', JSON.stringify(schema))
  })

  test('takes records that keep it and refuses others with place and rule', async () => {
    const tx = begin()
    await tx.upsert('stock', { _id: 'cup', price: 1, at: first })
    const broken = (record: object, message: RegExp) =>
      assert.rejects(tx.upsert('stock', { _id: 'jug', ...record }), { code: 'invalid', message })
    await broken(
      { price: 1.5 },
      /^'jug' breaks the schema of 'stock': \/price must be integer \(#\/properties\/price\/type\); got 1\.5$/,
    )
    await broken({}, /must have required property 'price'/)
    await broken({ price: 1, at: 'today' }, /\/at must match format "date-time".*got 'today'$/)
    await assert.rejects(tx.updateMany('stock', { price: 'x' }, {}), { code: 'invalid' })
    assert.equal(await tx.count('stock'), 1)
  })

  test('loses it when it is dropped', async () => {
    await transact(async (tx) => {
      await tx.upsert('stock', { _id: 'cup', price: 1 })
      await tx.dropTable('stock')
      await tx.upsert('stock', { _id: 'jug' })
    })
    assert.deepEqual([...(await workspace.tree(branch).list(['db', 'stock'])).keys()], ['jug.json'])
  })

  test('is told where the schema is none', async () => {
    await write('db/stock/.schema.json', '{"type": "nothing"}')
    await assert.rejects(begin().upsert('stock', {}), {
      code: 'invalid',
      message: /^db\/stock\/\.schema\.json is not a JSON Schema/,
    })
  })
})

describe('calls', () => {
  test('run one after the other where the caller does not wait', async () => {
    const tx = begin()
    const records = await Promise.all(
      ['a', 'b', 'c'].map((name) => tx.upsert('stock', { name, one: true }, { one: true })),
    )
    assert.deepEqual(
      records.map(({ _id }) => _id),
      ['new-1', 'new-1', 'new-1'],
    )
    assert.deepEqual(
      (await tx.findMany('stock')).map(({ name }) => name),
      ['c'],
    )
  })

  test('that need not wait for anything wait for those before them', async () => {
    const tx = begin()
    void tx.upsert('stock', { _id: 'a', n: 1 })
    void tx.updateOne('stock', { n: 2 }, { n: 1 })
    void tx.upsert('stock', { _id: 'a', n: 3 })
    assert.equal((await tx.get('stock', 'a'))?.n, 3)
    assert.equal((await tx.upsert('stock', { _id: 'a', n: 3 })).n, 3)
    assert.deepEqual(
      tx.changed.map(({ operation }) => operation),
      ['UPSERT', 'UPDATEONE', 'UPSERT'],
    )
  })

  test('take what they are given as it is when they are made', async () => {
    const tx = begin()
    const record = { _id: '', list: [0] }
    const calls = ['a', 'b'].map((name, index) => {
      record._id = name
      record.list[0] = index
      return tx.upsert('stock', record)
    })
    const query = { _id: { $in: ['a'] } }
    const found = tx.findMany('stock', query)
    query._id.$in.push('b')
    await Promise.all(calls)
    assert.deepEqual(
      (await tx.findMany('stock')).map(({ _id, list }) => [_id, list]),
      [
        ['a', [0]],
        ['b', [1]],
      ],
    )
    assert.equal((await found).length, 1)
  })

  test('that nobody waited for are finished, and what they throw is thrown', async () => {
    const tx = begin()
    void tx.upsert('stock', { _id: 'cup' })
    assert.ok(await commit(tx))
    const other = begin()
    void other.upsert('../x', {})
    await assert.rejects(commit(other), { code: 'invalid' })
  })

  test('that nobody waited for throw at the end, however long before it they failed', async () => {
    const tx = begin()
    void tx.upsert('../x', {})
    await tx.upsert('stock', { _id: 'cup' })
    await setImmediate()
    await assert.rejects(commit(tx), { code: 'invalid', message: /\.\.\/x/ })
  })

  test('that fail while somebody waits for them have told him, and the others are kept', async () => {
    const tx = begin()
    await assert.rejects(tx.upsert('../x', {}), { code: 'invalid' })
    await tx.upsert('../x', {}).catch(() => {})
    const [failed] = await Promise.allSettled([tx.upsert('../x', {}), tx.upsert('stock', { _id: 'cup' })])
    assert.equal(failed.status, 'rejected')
    assert.ok(await commit(tx))
  })

  test('that come too late are refused', async () => {
    const tx = begin()
    await commit(tx)
    await assert.rejects(tx.upsert('stock', {}), { code: 'unavailable', message: /the transaction has ended/ })
  })

  test('that fail leave nothing behind', async () => {
    const tx = begin()
    for (const _id of ['a', 'b']) await tx.upsert('stock', { _id })
    const large = 'x'.repeat(1_048_576 - 80)
    await tx.updateOne('stock', { long: 'y'.repeat(100) }, { _id: 'b' })
    await assert.rejects(tx.updateMany('stock', { large }, {}), { code: 'invalid', message: /'b' has/ })
    assert.equal((await tx.get('stock', 'a'))?.large, undefined)
  })
})

test('a record that was given does not change when the caller changes his copy', async () => {
  const tx = begin()
  const mine = { _id: 'cup', list: [1] }
  const given = await tx.upsert('stock', mine)
  mine.list.push(2)
  ;(given.list as number[]).push(3)
  assert.deepEqual(await tx.get('stock', 'cup'), { _id: 'cup', list: [1], _updated: first })
})

test('an exact _id reads one record of a table, not the others', async () => {
  const objects = new Map<Oid, GitObject>()
  const read: Oid[] = []
  const reader = async (oids: readonly Oid[]) => {
    read.push(...oids)
    return oids.map((oid) => objects.get(oid)!)
  }
  const tree = new WorkingTree(null, reader)
  for (let number = 0; number < 100; number++)
    await tree.write(['db', 'stock', `r${number}.json`], Buffer.from(`{"_id": "r${number}"}`))
  const { root, objects: added } = tree.seal()
  for (const object of added)
    objects.set(
      object.oid,
      wholeObject(object, (oid) => objects.get(oid)),
    )
  const tx = createTransaction({ tree: new WorkingTree(root, reader), basedir: 'db', now: first, newId: () => 'x' })
  assert.equal((await tx.findMany('stock', { _id: 'r7' })).length, 1)
  await tx.upsert('stock', { _id: 'r7', n: 1 }, { _id: 'r7' })
  await tx.deleteOne('stock', { _id: { $eq: 'r7' } })
  // Three trees and one blob, however often.
  assert.equal(new Set(read).size, 4)
})

test('a scan fetches the records together', async () => {
  const repository = openMemory()
  workspace = await Workspace.open(repository, [branch])
  await transact(async (tx) => {
    for (let number = 0; number < 50; number++) await tx.upsert('stock', { number })
  })
  await workspace.land()
  const fetched: number[] = []
  const read = (oids: readonly Oid[]) => {
    fetched.push(oids.length)
    return repository.read(oids)
  }
  workspace = await Workspace.open({ ...repository, read, find: undefined }, [branch])
  assert.equal(await begin().count('stock', { number: { $lt: 7 } }), 7)
  // Commit, root, db, stock, and all records at once.
  assert.deepEqual(fetched, [1, 1, 1, 1, 50])
})
