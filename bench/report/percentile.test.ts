import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentile } from './percentile.ts'

test('a percentile is a value that was measured, by the nearest rank', () => {
  const values = [5, 1, 4, 2, 3, 6, 7, 8, 9, 10]
  assert.equal(percentile(values, 0.5), 5)
  assert.equal(percentile(values, 0.99), 10)
  assert.equal(percentile(values, 0.9), 9)
  assert.equal(percentile(values, 0), 1)
  assert.equal(percentile([3], 0.99), 3)
  assert.deepEqual(values, [5, 1, 4, 2, 3, 6, 7, 8, 9, 10], 'what was given stays in its order')
})

test('numbers are ordered as numbers, not as text', () => {
  assert.equal(percentile([100, 9, 20], 0.5), 20)
})

test('nothing has no percentile', () => {
  assert.throws(() => percentile([], 0.5), /nothing/)
})
