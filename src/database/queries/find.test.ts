import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Context } from 'mingo/core'
import { Query } from 'mingo/query'
import { openTestDatabase, plain, type TestDatabase } from '../testing/testDatabase.ts'

const records = [
  { _id: 'a', v: 3, place: { row: 2 }, tags: ['x', 'y'] },
  { _id: 'b', v: null, place: { row: 1 } },
  { _id: 'c', place: { row: 1, shelf: 9 } },
  { _id: 'd', v: [5, 0] },
  { _id: 'e', v: 'text' },
  { _id: 'f', v: 3, place: 'away' },
]

async function filled(): Promise<TestDatabase> {
  const database = await openTestDatabase()
  await database.run('TRANSACT', {
    operations: records.map((record) => ({ operation: 'INSERT', table: 'stock', record })),
  })
  return database
}

async function idsOf({ run }: TestDatabase, parameters: object): Promise<string[]> {
  const { result } = await run('FINDMANY', { table: 'stock', ...parameters })
  return result.records.map(({ _id }: { _id: string }) => _id)
}

test('records come in the order of sort: mingo compares nulls, missing fields, lists and mixed types, and equal ones keep the order of their ids', async () => {
  const database = await filled()
  const sorted = (sort: Record<string, number>) =>
    new Query({}, { context: Context.init({}) }).find<{ _id: string }>(records).sort(sort).all()
  const sorts: Record<string, number>[] = [
    { v: 1 },
    { v: -1 },
    { 'place.row': -1 },
    { 'place.row': 1, v: -1 },
    { tags: -1, _id: -1 },
  ]
  for (const sort of sorts)
    assert.deepEqual(
      await idsOf(database, { sort }),
      sorted(sort).map(({ _id }) => _id),
    )
  assert.deepEqual(await idsOf(database, { sort: {} }), ['a', 'b', 'c', 'd', 'e', 'f'])
  assert.deepEqual(await idsOf(database, { query: { v: 3 }, sort: { _id: -1 } }), ['f', 'a'])
})

test('skip and limit give a page; count counts every match, and found says whether a record is given', async () => {
  const { run } = await filled()
  const page = async (parameters: object) => {
    const { result } = await run('FINDMANY', { table: 'stock', ...parameters })
    return [result.found, result.count, result.records.map(({ _id }: { _id: string }) => _id).join('')]
  }
  assert.deepEqual(await page({ skip: 1, limit: 2 }), [true, 6, 'bc'])
  assert.deepEqual(await page({ sort: { _id: -1 }, skip: 4, limit: 10 }), [true, 6, 'ba'])
  assert.deepEqual(await page({ skip: 6 }), [false, 6, ''])
  assert.deepEqual(await page({ limit: 0 }), [false, 6, ''])
  const { result } = await run('FINDONE', { table: 'stock', query: { v: 3 }, sort: { _id: -1 }, project: { _id: 1 } })
  assert.deepEqual(result, { found: true, count: 2, record: { _id: 'f' } })
  const past = await run('FINDONE', { table: 'stock', query: { v: 3 }, skip: 2 })
  assert.deepEqual(past.result, { found: false, count: 2, record: {} })
})

test('project keeps or leaves out fields as mingo does, and changes nothing of what is stored', async () => {
  const { run } = await filled()
  const projected = async (project: object, query = {}) =>
    (await run('FINDMANY', { table: 'stock', query, project })).result.records
  assert.deepEqual((await projected({ 'place.row': 1, _id: 0 }))[0], { place: { row: 2 } })
  assert.deepEqual((await projected({ v: 1 }))[2], { _id: 'c' })
  assert.deepEqual(plain((await projected({ 'place.shelf': 0 }))[2]), { _id: 'c', place: { row: 1 } })
  assert.deepEqual((await projected({ tags: { $slice: 1 } }, { _id: 'a' }))[0].tags, ['x'])
  assert.deepEqual(plain((await run('GET', { table: 'stock', id: 'c' })).result.record), records[2])
  for (const project of [{ v: 1, place: 0 }, { v: { $function: { body: 'x', args: [], lang: 'js' } } }, { $v: 1 }])
    await assert.rejects(projected(project), { code: 'invalid', message: /^project cannot be evaluated: .*; got/ })
})

test('COUNT counts what matches, or a page of it', async () => {
  const { run } = await filled()
  const count = async (parameters: object) => (await run('COUNT', { table: 'stock', ...parameters })).result.count
  assert.deepEqual(
    [await count({}), await count({ query: { v: 3 } }), await count({ skip: 4 }), await count({ skip: 1, limit: 3 })],
    [6, 2, 2, 3],
  )
  assert.deepEqual((await run('COUNT', { table: 'nothing' })).result, { count: 0 })
})

test('a sort, a page or a projection of another form is refused with what came', async () => {
  const { run } = await filled()
  for (const [parameters, message] of [
    [{ sort: { v: 'up' } }, /'sort\/v' must be equal to one of the allowed values; got 'up'/],
    [{ sort: 'v' }, /'sort' must be object; got 'v'/],
    [{ skip: -1 }, /'skip' must be >= 0; got -1/],
    [{ limit: 1.5 }, /'limit' must be integer; got 1.5/],
    [{ project: [] }, /'project' must be object; got \[\]/],
  ] as const)
    await assert.rejects(run('FINDMANY', { table: 'stock', ...parameters }), { code: 'invalid', message })
})

test('updates and deletes take the first, or some, in the order of sort', async () => {
  const { run } = await filled()
  const updated = await run('UPDATEONE', { table: 'stock', record: { seen: 1 }, query: {}, sort: { _id: -1 }, skip: 1 })
  assert.deepEqual(updated.result.updatedRecordIds, ['e'])
  const many = await run('UPDATEMANY', { table: 'stock', record: { seen: 2 }, query: {}, sort: { _id: -1 }, limit: 2 })
  assert.deepEqual(many.result, { updatedCount: 2, updatedRecordIds: ['f', 'e'] })
  assert.deepEqual((await run('DELETEONE', { table: 'stock', query: {}, sort: { _id: -1 } })).result.deletedRecordIds, [
    'f',
  ])
  assert.deepEqual(
    (await run('DELETEMANY', { table: 'stock', query: {}, skip: 1, limit: 2 })).result.deletedRecordIds,
    ['b', 'c'],
  )
})

test('whatever the page is, it is what mingo gives of all records', async () => {
  const database = await filled()
  const direction = fc.constantFrom(1, -1)
  const sort = fc.dictionary(fc.constantFrom('v', 'place', 'place.row', 'tags', 'tags.0', '_id', 'none'), direction)
  const page = fc.record({ sort, skip: fc.nat(7), limit: fc.nat(7) }, { requiredKeys: [] })
  await fc.assert(
    fc.asyncProperty(page, async (page) => {
      const cursor = new Query({}, { context: Context.init({}) }).find<{ _id: string }>(records)
      if (page.sort && Object.keys(page.sort).length > 0) cursor.sort(page.sort)
      if (page.skip !== undefined) cursor.skip(page.skip)
      if (page.limit !== undefined) cursor.limit(page.limit)
      assert.deepEqual(
        await idsOf(database, page),
        cursor.all().map(({ _id }) => _id),
      )
    }),
    { numRuns: 200 },
  )
})

test('a list of ids leads to their records without a look at others, and names nothing where it names no id', async () => {
  const database = await filled()
  const explained = async (query: object) => (await database.run('EXPLAIN', { table: 'stock', query })).result
  const query = { _id: { $in: ['e', 'a', 'a', 'z', 7, null, '../x'] } }
  assert.deepEqual(await explained(query), { index: '_id', examined: 2, found: 2 })
  assert.deepEqual(await idsOf(database, { query: { ...query, v: 3 } }), ['a'])
  assert.deepEqual(await idsOf(database, { query, sort: { _id: -1 }, limit: 1 }), ['e'])
  assert.deepEqual(await idsOf(database, { query: { _id: { $in: [], $ne: 'a' } } }), [])
  assert.deepEqual(await idsOf(database, { query: { _id: { $nin: ['a', 'b', 'c', 'd'] } } }), ['e', 'f'])
  await assert.rejects(explained({ v: { $in: 3 }, _id: { $in: [] } }), { code: 'invalid' })
})
