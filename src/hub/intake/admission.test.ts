import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from './admission.ts'

/** An admission whose clock goes on by `pass`, in milliseconds. */
function open() {
  let now = 0
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  const admission = new Admission(5_000, () => now)
  /** Gives the limit afterwards. */
  const apply = (size: number, milliseconds: number) => {
    admission.begin(size)
    pass(milliseconds)
    admission.end(size)
    return admission.limit
  }
  return { admission, pass, apply }
}

test('as many may wait as are applied in three seconds, within bounds', () => {
  const { admission, apply } = open()
  assert.equal(admission.limit, 5_000, 'nothing is known')
  assert.equal(apply(100, 1_000), 900, 'the first ones take longer than others will')
  apply(1_000, 500)
  assert.equal(apply(100, 50), 5_000)
  apply(300, 600)
  apply(300, 600)
  apply(300, 600)
  assert.ok(Math.abs(apply(300, 600) - 1_500) < 100)
  assert.ok(Math.abs(apply(1, 3) - 1_500) < 100, 'one alone says nothing')
  apply(300, 6_000)
  assert.equal(apply(300, 6_000), 300)
  assert.equal(apply(100, 30), 5_000, 'it is quick again')
})

test('a moment in which all stands still makes nobody slow', () => {
  const { admission, pass, apply } = open()
  apply(300, 150)
  admission.begin(20)
  pass(1_000)
  assert.ok(admission.limit > 800)
  admission.end(20)
  assert.ok(admission.limit > 800)
  assert.equal(apply(20, 10), 5_000)
})

test('a batch that takes long says so while it is under way', () => {
  const { admission, pass } = open()
  admission.begin(100)
  pass(450)
  assert.equal(admission.limit, 2_000)
  pass(1_000_000)
  assert.equal(admission.limit, 300, 'fewer than that may always wait')
})

test('a handler that has become slow is known within a few seconds', () => {
  const { admission, pass, apply } = open()
  apply(1_000, 300)
  admission.begin(100)
  pass(3_500)
  assert.ok(admission.limit < 400)
})

test('a few events that take long say so only after a second: more than the fewest may wait meanwhile', () => {
  const { admission, pass, apply } = open()
  admission.begin(1)
  pass(900)
  assert.equal(admission.limit, 5_000)
  pass(200)
  assert.equal(admission.limit, 300)
  admission.end(1)
  assert.equal(admission.limit, 300)
  assert.equal(apply(20, 10), 5_000, 'the next few were quick')
})

test('a slow handler is known by what ends one by one, too', () => {
  const { admission, pass } = open()
  admission.begin(200)
  for (let ended = 0; ended < 60; ended++) {
    pass(100)
    admission.end(1)
    if (ended >= 10) assert.equal(admission.limit, 300)
  }
})
