import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from './admission.ts'

test('as many may wait as are applied in three seconds, within bounds', () => {
  let now = 0
  const admission = new Admission(5_000, () => now)
  const apply = (size: number, milliseconds: number) => {
    admission.begin(size)
    now += milliseconds
    admission.end()
    return admission.limit
  }
  assert.equal(admission.limit, 5_000, 'nothing is known')
  assert.equal(apply(100, 1_000), 900, 'the first ones take longer than others will')
  apply(1_000, 500)
  assert.equal(apply(100, 50), 5_000)
  assert.equal(apply(100, 200), 1_500)
  assert.equal(apply(1, 3), 1_500, 'one alone says nothing')
  assert.equal(apply(100, 2_000), 300)
  assert.equal(apply(100, 30), 5_000)
})

test('a batch that takes long says so while it is under way', () => {
  let now = 0
  const admission = new Admission(5_000, () => now)
  admission.begin(100)
  now += 450
  assert.equal(admission.limit, 2_000)
  now += 1_000_000
  assert.equal(admission.limit, 300, 'fewer than that may always wait')
})

test('a few events that take long say so only after a second: more than the fewest may wait meanwhile', () => {
  let now = 0
  const admission = new Admission(5_000, () => now)
  admission.begin(1)
  now += 900
  assert.equal(admission.limit, 5_000)
  now += 200
  assert.equal(admission.limit, 300)
  admission.end()
  assert.equal(admission.limit, 300)
  admission.begin(10)
  now += 5
  admission.end()
  assert.equal(admission.limit, 5_000, 'the next few were quick')
})
