import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../json/json.ts'
import { compileQuery } from './query.ts'

const sku = { _id: 'sku-1', name: 'cup', price: 7, tags: ['a', 'b'], size: { w: 1, h: 2 } }

test('every key of a query must be equal', () => {
  const matches = (query: object) => compileQuery(query).matches(sku)
  assert.equal(matches({}), true)
  assert.equal(matches({ name: 'cup', price: 7 }), true)
  assert.equal(matches({ name: 'cup', price: 8 }), false)
  assert.equal(matches({ price: '7' }), false)
  assert.equal(matches({ size: { w: 1, h: 2 } }), true)
  assert.equal(matches({ size: { w: 1 } }), false)
  assert.equal(matches({ constructor: {} }), false)
})

test('a query takes the MongoDB operators', () => {
  const matches = (query: object) => compileQuery(query).matches(sku)
  assert.equal(matches({ price: { $gt: 6, $lte: 7 } }), true)
  assert.equal(matches({ $or: [{ price: 1 }, { 'size.w': 1 }] }), true)
  assert.equal(matches({ tags: { $in: ['b'] }, missing: { $exists: false } }), true)
  assert.equal(matches({ name: { $regex: '^c' } }), true)
  assert.equal(matches({ tags: { $size: 3 } }), false)
})

test('an exact _id is known beforehand', () => {
  assert.equal(compileQuery({ _id: 'sku-1', price: 7 }).id, 'sku-1')
  assert.equal(compileQuery({ _id: { $eq: 'sku-1' } }).id, 'sku-1')
  assert.equal(compileQuery({ _id: { $in: ['sku-1'] } }).id, undefined)
  assert.throws(() => compileQuery({ _id: '../x' }), { code: 'invalid', message: /^_id must be .*got '\.\.\/x'/ })
})

test('of a list of ids, what could be none is left out, and mingo is asked of the rest of the query alone', () => {
  const listedIn = (query: object) => compileQuery(query).listed
  const $in = ['sku-1', 'sku-1', 7, null, '../x', ['sku-2'], 'sku-3']
  const ids = new Set(['sku-1', 'sku-3'])
  assert.deepEqual(listedIn({ _id: { $in } }), { ids, others: {} })
  const query = { price: 7, _id: { $in, $ne: 'sku-3' } }
  assert.deepEqual(listedIn(query), { ids, others: { price: 7, _id: { $ne: 'sku-3' } } })
  const { matches, sort } = compileQuery(query)
  assert.deepEqual(
    ['sku-1', 'sku-2', 'sku-3'].map((_id) => matches({ ...sku, _id })),
    [true, false, false],
  )
  assert.equal(matches({ ...sku, price: 8 }), false)
  assert.deepEqual(sort([sku], { _id: 1 }), [sku])
  assert.equal(listedIn({ _id: { $in }, price: { $in: 7 } }), undefined)
})

test('what runs code, and what no operator is, is refused with what came', () => {
  for (const query of [
    { $where: 'true' },
    { $expr: { $function: { body: 'x', args: [], lang: 'js' } } },
    { a: { $function: 'x' } },
    { $jsonSchema: {} },
    { a: { $like: 'x' } },
  ])
    assert.throws(() => compileQuery(query), { code: 'invalid', message: /^query cannot be evaluated: .*; got \{/ })
})

test('a query that is no document is refused with what came', () => {
  for (const query of ['x', 7, null, undefined, [{}]])
    assert.throws(() => compileQuery(query), { code: 'invalid', message: /^query must be an object; got/ })
  assert.throws(() => compileQuery({ a: undefined }), { code: 'invalid' })
  assert.throws(() => compileQuery({ a: { $in: 'x' } }).matches(sku), { code: 'invalid', message: /got \{"a":/ })
})

test("a record's own keys that JavaScript gives every object are keys, not what mingo reads from them", () => {
  const odd: JsonObject = { _id: 'b', a: { constructor: 'x', toString: 1 }, n: 1 }
  const records: JsonObject[] = [{ _id: 'c', a: { n: 1 } }, odd, { _id: 'a', a: { constructor: { name: 5 } } }]
  const ids = (query: object) => records.filter(compileQuery(query).matches).map(({ _id }) => _id)
  assert.deepEqual(ids({ a: { $in: [1, { n: 1 }] } }), ['c'])
  assert.deepEqual(ids({ a: { $nin: [1, { n: 1 }] } }), ['b', 'a'])
  assert.deepEqual(ids({ a: { toString: 1, constructor: 'x' } }), ['b'])
  assert.deepEqual(ids({ a: { $gt: {} } }).length, 3)
  assert.deepEqual(ids({ a: { $mod: [2, 0] } }), [])
  assert.deepEqual(ids({ 'a.constructor': 'x', a: { $nin: [{ n: 1 }] } }), ['b'])
  const { sort, project } = compileQuery({})
  assert.deepEqual(
    sort(records, { a: 1, _id: 1 }).map(({ _id }) => _id),
    ['a', 'b', 'c'],
  )
  assert.equal(sort(records, { a: 1 })[1], odd)
  assert.deepEqual(project([odd], { a: 1 }), [{ _id: 'b', a: { constructor: 'x', toString: 1 } }])
})
