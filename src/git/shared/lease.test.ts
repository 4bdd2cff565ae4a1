import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeObject } from '../objects/object.ts'
import { decodeLease, encodeLease, LeaseWatch, leasesOf, patience, raise } from './lease.ts'

const [one, other] = ['1'.repeat(40), '2'.repeat(40)]

test('a lease is taken when it has stood still for twenty seconds, by the next in order two seconds later', () => {
  const [first, third] = [new LeaseWatch(), new LeaseWatch()]
  assert.equal(first.mayTake(one, 0, 1_000), false)
  assert.equal(third.mayTake(one, 2, 1_000), false)
  assert.equal(first.mayTake(one, 0, 1_000 + patience - 1), false)
  assert.equal(first.mayTake(one, 0, 1_000 + patience), true)
  assert.equal(third.mayTake(one, 2, 1_000 + patience + 3_999), false)
  assert.equal(third.mayTake(one, 2, 1_000 + patience + 4_000), true)
})

test('each move of the lease begins the wait anew, and one that is gone stands still, too', () => {
  const watch = new LeaseWatch()
  watch.mayTake(one, 0, 0)
  assert.equal(watch.mayTake(other, 0, patience), false)
  assert.equal(watch.mayTake(null, 0, 2 * patience - 1), false)
  assert.equal(watch.mayTake(null, 0, 3 * patience - 2), false)
  assert.equal(watch.mayTake(null, 0, 3 * patience - 1), true)
})

test('a writer knows its own leases by their ids, however often they were raised', () => {
  const own = leasesOf('me')
  let lease = { holder: 'other', counter: 999 }
  for (let round = 0; round < 5; round++) {
    const raised = raise(lease, 'me')
    assert.notEqual(raised.counter, lease.counter)
    assert.deepEqual(own.get(encodeLease(raised).oid), raised)
    lease = raised
  }
  assert.ok(own.has(encodeLease(raise({ holder: 'other', counter: -7 }, 'me')).oid))
  assert.equal(own.has(encodeLease({ holder: 'other', counter: 1 }).oid), false)
})

test('a lease is read as it was written; anything else is none', () => {
  const lease = { holder: 'me', counter: 3 }
  assert.deepEqual(decodeLease(encodeLease(lease)), lease)
  for (const text of ['', 'null', '{"holder":7,"counter":1}', '{"holder":"me"}', '[]', '\0', ' '.repeat(2_000)])
    assert.equal(decodeLease(makeObject('blob', Buffer.from(text))), undefined)
  assert.equal(decodeLease(makeObject('commit', encodeLease(lease).body)), undefined)
})
