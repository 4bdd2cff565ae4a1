import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inHashOrder } from './hashOrder.ts'

test('decisions are listed by the places of their ids in a table that grows', () => {
  assert.deepEqual(inHashOrder(['b', 'a', 'q']), ['a', 'q', 'b'])
  const many = Array.from({ length: 30 }, (_, at) => `d${at}`)
  assert.deepEqual(new Set(inHashOrder(many)), new Set(many))
  assert.notDeepEqual(inHashOrder(many), many)
})
