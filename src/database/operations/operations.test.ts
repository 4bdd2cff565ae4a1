import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { beforeEach, describe, test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { makeObject } from '../../git/objects/object.ts'
import { Workspace } from '../../git/workspace.ts'
import type { JsonObject } from '../json/json.ts'
import { commitTransaction } from '../transactions/apply.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { operations, runOperation, writes } from './operations.ts'

const branch = 'refs/heads/main'
let workspace: Workspace
let ids = 0
let now = '2026-01-01T00:00:00.000Z'

beforeEach(async () => {
  workspace = await Workspace.open(openMemory(), [branch])
  ids = 0
  now = '2026-01-01T00:00:00.000Z'
})

/** Does one operation as an event would: one transaction, one commit. Gives its result as JSON. */
async function run(name: string, parameters: unknown = {}): Promise<JsonObject> {
  const tx = createTransaction({ tree: workspace.tree(branch), basedir: 'db', now, newId: () => `new-${++ids}` })
  const result = await runOperation(name, parameters, tx)
  await commitTransaction(workspace, branch, tx, { title: name, trailers: [], time: Date.parse(now) })
  return JSON.parse(JSON.stringify(result))
}

async function file(...path: string[]): Promise<string | undefined> {
  return (await workspace.tree(branch).read(path))?.toString()
}

describe('the results are those of the predecessor', () => {
  const cup = { _id: 'cup', price: 1, _updated: '2026-01-01T00:00:00.000Z' }
  const jug = { _id: 'jug', price: 2, _updated: '2026-01-01T00:00:00.000Z' }

  beforeEach(async () => {
    await run('UPSERT', { table: 'stock', record: { _id: 'cup', price: 1 } })
    await run('UPSERT', { table: 'stock', record: { _id: 'jug', price: 2 } })
  })

  test('INIT gives a dictionary of the operations there are and of the tables', async () => {
    const all = Object.fromEntries(operations.map(({ name }) => [name, name]))
    assert.deepEqual(await run('INIT', { tables: 'customer, stock' }), {
      operations: all,
      tables: { customer: 'customer', stock: 'stock' },
    })
    assert.deepEqual(await run('INIT', { tables: ['order'] }), { operations: all, tables: { order: 'order' } })
    assert.deepEqual(await run('INIT'), { operations: all, tables: { stock: 'stock' } })
    for (const name of [
      'INIT',
      'FINDONE',
      'FINDMANY',
      'UPSERT',
      'UPDATEONE',
      'UPDATEMANY',
      'DELETEONE',
      'DELETEMANY',
      'DROPTABLE',
      'DROPDB',
    ])
      assert.equal(all[name], name)
    assert.equal(all.DELETE, undefined)
  })

  test('FINDONE', async () => {
    assert.deepEqual(await run('FINDONE', { table: 'stock', query: { price: 2 } }), {
      found: true,
      count: 1,
      record: jug,
    })
    assert.deepEqual(await run('FINDONE', { table: 'stock', query: {} }), { found: true, count: 2, record: cup })
    assert.deepEqual(await run('FINDONE', { table: 'stock', query: { price: 3 } }), {
      found: false,
      count: 0,
      record: {},
    })
  })

  test('FINDMANY', async () => {
    assert.deepEqual(await run('FINDMANY', { table: 'stock' }), { found: true, count: 2, records: [cup, jug] })
    assert.deepEqual(await run('FINDMANY', { table: 'stock', query: { _id: 'x' } }), {
      found: false,
      count: 0,
      records: [],
    })
  })

  test('GET', async () => {
    const blob = makeObject('blob', Buffer.from((await file('db', 'stock', 'cup.json'))!)).oid
    assert.deepEqual(await run('GET', { table: 'stock', id: 'cup' }), { found: true, record: cup, blob })
    assert.deepEqual(await run('GET', { table: 'stock', id: 'x' }), { found: false, record: {} })
  })

  test('UPSERT gives the record as stored', async () => {
    const stored = await run('UPSERT', { table: 'stock', record: { price: 9 }, query: { price: 2 } })
    assert.deepEqual(stored, { _id: 'jug', price: 9, _updated: now })
    assert.equal(
      await file('db', 'stock', 'jug.json'),
      `{\n  "_id": "jug",\n  "price": 9,\n  "_updated": "${now}"\n}\n`,
    )
    assert.deepEqual(await run('UPSERT', { table: 'order', record: { total: 1 } }), {
      _id: 'new-1',
      total: 1,
      _updated: now,
    })
  })

  test('UPDATEONE and UPDATEMANY', async () => {
    assert.deepEqual(await run('UPDATEONE', { table: 'stock', record: { seen: true }, query: {} }), {
      updatedCount: 1,
      updatedRecordIds: ['cup'],
    })
    assert.deepEqual(await run('UPDATEMANY', { table: 'stock', record: { seen: true }, query: {} }), {
      updatedCount: 2,
      updatedRecordIds: ['cup', 'jug'],
    })
    assert.deepEqual(await run('UPDATEMANY', { table: 'stock', record: { seen: true }, query: { price: 7 } }), {
      updatedCount: 0,
      updatedRecordIds: [],
    })
    assert.deepEqual((await run('FINDONE', { table: 'stock', query: { _id: 'jug' } })).record, { ...jug, seen: true })
  })

  test('DELETEONE and DELETEMANY', async () => {
    assert.deepEqual(await run('DELETEONE', { table: 'stock', query: {} }), { count: 1, deletedRecordIds: ['cup'] })
    assert.deepEqual(await run('DELETEMANY', { table: 'stock', query: { price: 2 } }), {
      count: 1,
      deletedRecordIds: ['jug'],
    })
    assert.deepEqual(await run('DELETEMANY', { table: 'stock', query: {} }), { count: 0, deletedRecordIds: [] })
  })

  test('DROPTABLE and DROPDB', async () => {
    assert.deepEqual(await run('DROPTABLE', { table: 'stock' }), { table: 'stock' })
    assert.equal(await file('db', 'stock', 'cup.json'), undefined)
    assert.deepEqual(await run('DROPTABLE', { table: 'stock' }), { table: 'stock' })
    await run('UPSERT', { table: 'a', record: {} })
    await run('UPSERT', { table: 'b', record: {} })
    assert.deepEqual(await run('DROPDB'), { droppedDB: true })
    assert.equal((await workspace.tree(branch).list([])).size, 0)
  })
})

describe("the predecessor's defects are mended", () => {
  test('UPSERT of a record that is there changes its file', async () => {
    await run('UPSERT', { table: 'stock', record: { _id: 'cup', price: 1 } })
    await run('UPSERT', { table: 'stock', record: { _id: 'cup', price: 2 } })
    assert.equal(JSON.parse((await file('db', 'stock', 'cup.json'))!).price, 2)
  })

  test('UPSERT by query keeps the _id of the record that it replaces', async () => {
    await run('UPSERT', { table: 'stock', record: { _id: 'cup', name: 'cup', price: 1 } })
    await run('UPSERT', { table: 'stock', record: { name: 'cup', price: 2 }, query: { name: 'cup' } })
    assert.deepEqual((await run('FINDMANY', { table: 'stock' })).records, [
      { _id: 'cup', name: 'cup', price: 2, _updated: now },
    ])
  })

  test('UPDATE changes the file, and only the fields that it names', async () => {
    await run('UPSERT', { table: 'stock', record: { _id: 'cup', price: 1, left: 5 } })
    await run('UPDATEONE', { table: 'stock', record: { price: 2 }, query: { _id: 'cup' } })
    assert.equal(
      await file('db', 'stock', 'cup.json'),
      `{\n  "_id": "cup",\n  "price": 2,\n  "left": 5,\n  "_updated": "${now}"\n}\n`,
    )
  })

  test('a read of a table that is not there finds nothing and creates nothing', async () => {
    assert.deepEqual(await run('FINDMANY', { table: 'nothing' }), { found: false, count: 0, records: [] })
    assert.deepEqual(await run('DELETEMANY', { table: 'nothing', query: {} }), { count: 0, deletedRecordIds: [] })
    assert.equal(workspace.tip(branch), null)
  })

  test('a table name reaches no path outside of the base folder', async () => {
    for (const table of ['../x', '.git', '.github', 'a/b', 'git~1', ''])
      for (const operation of ['FINDONE', 'UPSERT', 'DROPTABLE']) {
        const parameters = {
          table,
          ...(operation === 'FINDONE' ? { query: {} } : operation === 'UPSERT' ? { record: {} } : {}),
        }
        await assert.rejects(
          run(operation, parameters),
          { code: 'invalid', message: /^table must/ },
          `${operation} ${table}`,
        )
      }
    assert.equal(workspace.tip(branch), null)
  })
})

describe('wrong parameters are refused with the keys', () => {
  const refused = (name: string, parameters: unknown, message: RegExp) =>
    assert.rejects(run(name, parameters), { name: 'CommitbaseError', code: 'invalid', message })

  test('an operation that does not exist', async () => {
    await refused('DELETE', {}, /^there is no operation 'DELETE'; there are INIT, GET, FINDONE/)
    await refused('toString', {}, /^there is no operation 'toString'/)
  })

  test('a missing parameter', async () => {
    await refused('UPSERT', { table: 'stock', query: {} }, /^UPSERT needs 'record'; got table, query$/)
    await refused('UPDATEONE', {}, /^UPDATEONE needs 'table', 'record', 'query'; got nothing$/)
    await refused('FINDONE', { table: 'stock', query: undefined }, /^FINDONE needs 'query'; got table$/)
  })

  test('an unknown parameter', () =>
    refused('DROPTABLE', { table: 'x', tabel: 'y' }, /^DROPTABLE has no parameter 'tabel'; it takes table$/))

  test('a parameter of another type', async () => {
    await refused('FINDONE', { table: 'stock', query: 'x' }, /^FINDONE: 'query' must be object; got 'x'$/)
    await refused('UPSERT', { table: 7, record: {} }, /^UPSERT: 'table' must be string; got 7$/)
    await refused('UPSERT', { table: 'stock', record: [1] }, /^UPSERT: 'record' must be object; got \[1\]$/)
    await refused('INIT', { tables: [1] }, /^INIT: 'tables\/0' must be string; got 1$/)
    await refused('UPSERT', 'stock', /^UPSERT takes an object of parameters; got 'stock'$/)
  })
})

test('no operation makes the validator print a warning when it is used first', () => {
  const module = new URL('./operations.ts', import.meta.url).href
  const useEach = `import { operations } from '${module}'
    for (const { run } of operations) await run({}, {}).catch(() => {})`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', useEach], { encoding: 'utf8' })
  assert.equal(stderr, '')
})

test('which operations write', () => {
  assert.deepEqual(
    operations.filter(({ writes }) => !writes).map(({ name }) => name),
    ['INIT', 'GET', 'FINDONE', 'FINDMANY', 'EXPLAIN', 'COUNT', 'HISTORY', 'DIFF', 'CHANGES'],
  )
  assert.equal(writes('UPSERT'), true)
  assert.equal(writes('nothing'), false)
})

test('records keep their keys, whatever is in them', async () => {
  await run('INSERT', { table: 'stock', record: { _id: 'one', 'size\\': 1 } })
  await run('INSERT', { table: 'stock', record: { _id: 'two', 'size"': 2 } })
  const { results } = await run('TRANSACT', {
    operations: [
      { operation: 'PATCH', table: 'stock', id: 'two', patch: { n: 1 } },
      { operation: 'FINDONE', table: 'stock', query: { 'size"': 2 } },
    ],
  })
  assert.equal(Object(results)[1].found, true)
})
