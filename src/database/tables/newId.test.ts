import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createNewId } from './newId.ts'

test('an id is a UUIDv7 that starts with the time', () => {
  // RFC 9562, appendix A.6: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F is of 2022-02-22 19:22:22 UTC.
  const newId = createNewId({ now: () => 0x017f22e279b0, random: () => Buffer.from('04c398c4dc0c0c07398f', 'hex') })
  assert.equal(newId(), '017f22e2-79b0-74c3-98c4-dc0c0c07398f')
})

test('ids rise within a millisecond, past a full counter, and when the clock goes back', () => {
  const times = [1000, 999, 1001, ...Array(10_000).fill(1001), 5]
  let call = 0
  const newId = createNewId({ now: () => times[call++]!, random: randomBytes })
  const ids = times.map(newId)
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
