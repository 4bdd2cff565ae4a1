import assert from 'node:assert/strict'
import { test } from 'node:test'
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
