import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { openTestDatabase, plain, type TestDatabase } from '../testing/testDatabase.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await openTestDatabase()
})

const run = (operation: string, parameters?: object) => database.run(operation, { table: 'stock', ...parameters })
const get = async (id: string) => (await run('GET', { id })).result
const insert = (record: object) => run('INSERT', { record })
const tip = () => database.workspace().tip('refs/heads/main')

test('INSERT adds a record, and refuses one whose _id is there', async () => {
  const { result } = await insert({ _id: 'cup', price: 1 })
  assert.deepEqual(plain(result), { _id: 'cup', price: 1 })
  assert.match((await insert({ price: 2 })).result._id, /^new-/)
  const { blob } = await get('cup')
  await assert.rejects(insert({ _id: 'cup' }), {
    code: 'conflict',
    message: new RegExp(`'cup' is in stock already.*${blob}`),
  })
  await assert.rejects(insert({ _id: 'CUP' }), { code: 'conflict', message: /differs only in case/ })
})

test('PATCH merges an object: null takes a key away, what is no object is put', async () => {
  await insert({ _id: 'cup', a: { b: 1, c: [1] }, d: 'x' })
  const { result } = await run('PATCH', { id: 'cup', patch: { a: { b: null, c: 2, e: { f: null } }, d: null, g: [] } })
  assert.deepEqual(plain(result), { _id: 'cup', a: { c: 2, e: {} }, g: [] })
  assert.equal((await run('PATCH', { id: 'cup', patch: { g: [] } })).commit, undefined)
})

test('PATCH does the operations of a JSON Patch in their order, or none of them', async () => {
  await insert({ _id: 'cup', list: [1, 2], 'a/b': { 'm~n': 1 } })
  const patch = [
    { op: 'test', path: '/a~1b/m~0n', value: 1 },
    { op: 'add', path: '/list/-', value: 3 },
    { op: 'move', from: '/list/0', path: '/first' },
    { op: 'copy', from: '/a~1b', path: '/copied' },
    { op: 'replace', path: '/copied/m~0n', value: { deep: true } },
    { op: 'remove', path: '/a~1b' },
  ]
  const { result } = await run('PATCH', { id: 'cup', patch })
  assert.deepEqual(plain(result), { _id: 'cup', list: [2, 3], first: 1, copied: { 'm~n': { deep: true } } })
  const failing = [
    { op: 'remove', path: '/first' },
    { op: 'test', path: '/list/0', value: 7 },
  ]
  await assert.rejects(run('PATCH', { id: 'cup', patch: failing }), {
    code: 'conflict',
    message: /the test at \/1 failed/,
  })
  assert.equal((await get('cup')).record.first, 1)
})

test('PATCH takes keys that JavaScript gives every object for keys, and no `from` where none belongs', async () => {
  const odd = { hasOwnProperty: 1, constructor: { prototype: 1 } }
  await insert({ _id: 'cup', odd, 'n\\': 1, m: { 'n"': 1 } })
  const { result } = await run('PATCH', {
    id: 'cup',
    patch: [
      { op: 'test', path: '/odd', value: { constructor: { prototype: 1 }, hasOwnProperty: 1 } },
      { op: 'replace', path: '/odd/constructor/prototype', value: 2 },
      { op: 'move', from: '/odd/hasOwnProperty', path: '/odd/constructor/toString' },
      { op: 'add', path: '/list', value: [], from: '/none' },
      { op: 'copy', from: '/m', path: '/m/copied' },
      { op: 'move', from: '/m', path: '/m' },
    ],
  })
  assert.deepEqual(plain(result), {
    _id: 'cup',
    odd: { constructor: { prototype: 2, toString: 1 } },
    'n\\': 1,
    m: { 'n"': 1, copied: { 'n"': 1 } },
    list: [],
  })
})

test('PATCH refuses what cannot be done, and names the operation', async () => {
  await insert({ _id: 'cup', list: [1], text: 's' })
  for (const step of [
    { op: 'remove', path: '/none' },
    { op: 'remove', path: '/toString' },
    { op: 'replace', path: '/list/-', value: 1 },
    { op: 'add', path: '/list/01', value: 1 },
    { op: 'add', path: '/list/5', value: 1 },
    { op: 'copy', from: '/list/length', path: '/n' },
    { op: 'add', path: '/text/0', value: 1 },
    { op: 'move', from: '/list', path: '/list/0' },
    { op: 'move', from: '/list/0', path: '/list/1/0' },
    { op: 'add', path: 'list', value: 1 },
    { op: 'copy', from: 'list', path: '/n' },
    { op: 'add', path: '/x~2', value: 1 },
    { op: 'test', path: '/x~', value: 1 },
    { op: 'add', path: '/__proto__', value: {} },
    { op: 'add', path: '/__proto__/x', value: 1 },
    { op: 'turn', path: '/list' },
    { op: 'add', path: '/x' },
  ])
    await assert.rejects(
      run('PATCH', { id: 'cup', patch: [step] }),
      { code: 'invalid', message: /the operation at \/0 cannot be done/ },
      JSON.stringify(step),
    )
  const doubling = Array.from({ length: 40 }, (_, n) => ({ op: 'copy', from: '', path: `/copy${n}` }))
  await assert.rejects(run('PATCH', { id: 'cup', patch: doubling }), {
    code: 'invalid',
    message: /more than 1,048,576/,
  })
})

test('a patched record keeps its _id, and one that is not there is not found', async () => {
  await insert({ _id: 'cup' })
  for (const patch of [
    { _id: 'jug' },
    { _id: null },
    [{ op: 'remove', path: '/_id' }],
    [{ op: 'replace', path: '', value: [] }],
    [{ op: 'remove', path: '' }],
  ])
    await assert.rejects(run('PATCH', { id: 'cup', patch }), {
      code: 'invalid',
      message: /must leave a record with the _id 'cup'/,
    })
  await assert.rejects(run('PATCH', { id: 'jug', patch: {} }), { code: 'not_found', message: /no 'jug' in stock/ })
  await assert.rejects(run('PATCH', { id: 'cup', patch: 'x' }), { code: 'invalid' })
})

test('ifMatch: a write is refused where the record has another blob, or is gone; both ids are named', async () => {
  await insert({ _id: 'cup', n: 1 })
  const { blob } = await get('cup')
  await run('UPSERT', { record: { _id: 'cup', n: 2 }, ifMatch: blob })
  const { blob: now } = await get('cup')
  assert.notEqual(now, blob)
  const stale = { code: 'conflict', message: new RegExp(`${now}.*${blob}`) }
  await assert.rejects(run('UPSERT', { record: { _id: 'cup' }, ifMatch: blob }), stale)
  await assert.rejects(run('UPSERT', { record: {}, query: { n: 2 }, ifMatch: blob }), stale)
  await assert.rejects(run('PATCH', { id: 'cup', patch: {}, ifMatch: blob }), stale)
  await assert.rejects(run('UPDATEONE', { record: {}, query: {}, ifMatch: blob }), stale)
  await assert.rejects(run('DELETEONE', { query: {}, ifMatch: blob }), stale)
  await assert.rejects(run('DELETEMANY', { query: {}, ifMatch: { cup: blob } }), stale)
  assert.equal((await run('UPDATEONE', { record: { n: 3 }, query: {}, ifMatch: now })).result.updatedCount, 1)
  await run('DELETEONE', { query: { _id: 'cup' } })
  const gone = { code: 'conflict', message: new RegExp(`(${now}.*none|none.*${now})`) }
  await assert.rejects(run('UPSERT', { record: { _id: 'cup' }, ifMatch: now }), gone)
  await assert.rejects(run('PATCH', { id: 'cup', patch: {}, ifMatch: now }), gone)
  await assert.rejects(run('DELETEONE', { query: { _id: 'cup' }, ifMatch: now }), gone)
  await assert.rejects(run('UPSERT', { record: {}, ifMatch: 'abc' }), { code: 'invalid' })
})

test('ifMatch of several records says the blob of each: neither fewer nor more may be concerned', async () => {
  await insert({ _id: 'a' })
  await insert({ _id: 'b' })
  const { result } = await run('FINDMANY', { blobs: true })
  const [a, b] = result.blobs
  assert.equal((await get('a')).blob, a)
  assert.equal((await run('FINDONE', { query: { _id: 'b' }, blobs: true })).result.blob, b)
  const refused = { code: 'conflict' }
  await assert.rejects(run('UPDATEMANY', { record: { n: 1 }, query: {}, ifMatch: a }), refused)
  await assert.rejects(run('UPDATEMANY', { record: { n: 1 }, query: {}, ifMatch: { a } }), refused)
  await assert.rejects(run('UPDATEMANY', { record: { n: 1 }, query: { _id: 'a' }, ifMatch: { a, b } }), refused)
  assert.equal((await run('UPDATEMANY', { record: { n: 1 }, query: {}, ifMatch: { a, b } })).result.updatedCount, 2)
})

test('ifAbsent: the record must not be there', async () => {
  await run('UPSERT', { record: { _id: 'cup', n: 1 }, ifAbsent: true })
  await assert.rejects(run('UPSERT', { record: { _id: 'cup', n: 2 }, ifAbsent: true }), {
    code: 'conflict',
    message: /'cup' is in stock already/,
  })
  await assert.rejects(run('UPSERT', { record: {}, query: { n: 1 }, ifAbsent: true }), { code: 'conflict' })
  const both = { record: { _id: 'x' }, ifAbsent: true, ifMatch: '0'.repeat(40) }
  await assert.rejects(run('UPSERT', both), { code: 'invalid', message: /exclude each other/ })
})

test('TRANSACT does its operations in one commit, each on what those before it did', async () => {
  const before = tip()
  const { result, commit } = await database.run('TRANSACT', {
    operations: [
      { operation: 'INSERT', table: 'stock', record: { _id: 'cup', n: 1 } },
      { operation: 'PATCH', table: 'stock', id: 'cup', patch: { n: 2 } },
      { operation: 'INSERT', table: 'order', record: { _id: 'o' } },
      { operation: 'COUNT', table: 'stock', query: { n: 2 } },
    ],
  })
  assert.deepEqual(
    result.results.map((one: object) => Object.keys(one)[0]),
    ['_id', '_id', '_id', 'count'],
  )
  assert.deepEqual(result.results[3], { count: 1 })
  const made = await database.workspace().history('refs/heads/main').commit(commit!)
  assert.deepEqual(made.parents, before === null ? [] : [before])
  assert.match(made.message, /^TRANSACT: 2 records in stock, order\n/)
})

test('TRANSACT does nothing where one operation fails, and says which', async () => {
  await insert({ _id: 'cup' })
  const before = tip()
  const operations = [
    { operation: 'DELETEONE', table: 'stock', query: {} },
    { operation: 'INSERT', table: 'stock', record: { _id: 'cup' } },
    { operation: 'INSERT', table: 'stock', record: { _id: 'cup' } },
  ]
  const transact = (...operations: object[]) => database.run('TRANSACT', { operations })
  await assert.rejects(transact(...operations), {
    code: 'conflict',
    message: /^operation 3 of 3 \('INSERT'\) failed, and nothing was written: /,
  })
  assert.equal(tip(), before)
  await assert.rejects(transact({ operation: 'GROW' }), {
    code: 'invalid',
    message: /^operation 1 of 1 \('GROW'\).*there is no operation 'GROW'/,
  })
  await assert.rejects(transact({ operation: 'TRANSACT', operations }), {
    code: 'invalid',
    message: /cannot hold another/,
  })
  await assert.rejects(transact({ operation: 'INSERT', table: 'stock' }), {
    code: 'invalid',
    message: /INSERT needs 'record'/,
  })
  await assert.rejects(transact(), { code: 'invalid' })
})
