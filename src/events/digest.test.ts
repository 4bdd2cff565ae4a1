import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, eventDigest, operationDigest } from './digest.ts'
import type { Event } from './event.ts'

const event: Event = {
  id: 'e1',
  source: 's',
  type: 't',
  time: '2026-01-01T00:00:00.000Z',
  data: { b: 1, a: [1, { d: null, c: 'ä' }] },
  correlationid: 'e1',
}

test('the digest is the SHA-256 of canonical JSON', () => {
  // printf '{"a":1,"b":"x"}' | sha256sum
  assert.equal(digestOf({ b: 'x', a: 1 }), 'ecf9e98ec0641e23113ff3ce8bdc78d0ddd249886517fd4a7f68cc83d4e65667')
})

test('the order of keys, the time and the id do not count', () => {
  const data = { a: [1, { c: 'ä', d: null }], b: 1, event_id: 'e1', time: 'now' }
  assert.equal(eventDigest({ ...event, id: 'e2', time: '2027-01-01T00:00:00.000Z', data }), eventDigest(event))
})

test("nor do they where a key looks like an index, and an event's digest is of what it has alone", () => {
  const data = { 7: 'a', b: 1 }
  assert.equal(
    eventDigest({ ...event, data: { ...data, event_id: 'e1', time: 'now' } }),
    eventDigest({ ...event, data }),
  )
  assert.equal(eventDigest({ ...event, data }), digestOf({ type: 't', data }))
})

test('type, subject and data count', () => {
  const digests = [event, { ...event, type: 'u' }, { ...event, subject: 'x' }, { ...event, data: { b: 2 } }].map(
    eventDigest,
  )
  assert.equal(new Set(digests).size, 4)
})

test("an operation's digest is of its name and parameters", () => {
  assert.notEqual(operationDigest('UPSERT', { table: 'a' }), operationDigest('UPSERT', { table: 'b' }))
  assert.notEqual(operationDigest('UPSERT', { table: 'a' }), operationDigest('INSERT', { table: 'a' }))
})
