import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../memory.ts'
import { viewOf } from './inbox.ts'
import { encodeLease, leaseRef } from './lease.ts'
import { Leaseholder } from './leaseholder.ts'

test('a lease that is handed back to whom it was taken from is another one than before', async () => {
  const repository = openMemory()
  const before = encodeLease({ holder: 'slow', counter: 2 })
  await repository.landEach([before], [{ ref: leaseRef, from: null, to: before.oid }])
  const leaseholder = new Leaseholder({ repository, holder: 'me', monotonic: () => 0, delay: async () => {} })
  const view = viewOf(await repository.refs(['refs/']))
  assert.equal(await leaseholder.holderOf(view), 'slow')
  const taken = leaseholder.claim(view.lease)
  assert.ok(await leaseholder.push(taken))
  assert.notEqual(leaseholder.move(taken.blob.oid, 'slow').blob!.oid, before.oid)
})
