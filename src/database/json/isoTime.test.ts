import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isoTime } from './isoTime.ts'

test('a time reads as ECMAScript writes it, whichever was asked for before', () => {
  const times = [0, 999, 1_000, 1_790_000_000_007, 1_790_000_000_070, 1_789_999_999_999, 1_790_000_000_000, -1, 1_500.7]
  for (const time of times) assert.equal(isoTime(time), new Date(time).toISOString())
})
