import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from './random.ts'

test('every call gets as many bytes as it asked for, and no others got them before', () => {
  const random = createRandom()
  const given = Array.from({ length: 2_000 }, () => Buffer.from(random(10)).toString('hex'))
  assert.ok(given.every((hex) => hex.length === 20))
  assert.equal(new Set(given).size, given.length)
  assert.equal(random(10_000).length, 10_000)
})
