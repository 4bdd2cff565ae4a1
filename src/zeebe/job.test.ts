import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObject } from './job.ts'

test('a variable whose name has a quote in it keeps it after one with a backslash', () => {
  parseObject('{"mine":1,"name\\\\":1}')
  assert.deepEqual(parseObject('{"mine":1,"name\\"":1}'), { mine: 1, 'name"': 1 })
})
