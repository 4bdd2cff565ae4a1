import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseExactly } from './exactJson.ts'

test('a number that a double would round becomes its digits, and keys stay what they are', () => {
  parseExactly('{"mine":1,"id\\\\":1}')
  assert.deepEqual(parseExactly('{"mine":1,"id\\"":1,"n":12345678901234567890}'), {
    mine: 1,
    'id"': 1,
    n: '12345678901234567890',
  })
})
