import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from './admission.ts'

/** An admission whose clock goes on by `pass`, in milliseconds. */
function open() {
  let now = 0
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  return { admission: new Admission(5_000, () => now), pass }
}

test('as many may wait as are applied in three seconds, within bounds', () => {
  const { admission, pass } = open()
  const apply = (size: number, milliseconds: number) => {
    admission.begin(size)
    pass(milliseconds)
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
  const { admission, pass } = open()
  admission.begin(100)
  pass(450)
  assert.equal(admission.limit, 2_000)
  pass(1_000_000)
  assert.equal(admission.limit, 300, 'fewer than that may always wait')
})

test('a few events that take long say so only after a second: more than the fewest may wait meanwhile', () => {
  const { admission, pass } = open()
  admission.begin(1)
  pass(900)
  assert.equal(admission.limit, 5_000)
  pass(200)
  assert.equal(admission.limit, 300)
  admission.end()
  assert.equal(admission.limit, 300)
  admission.begin(10)
  pass(5)
  admission.end()
  assert.equal(admission.limit, 5_000, 'the next few were quick')
})
