import assert from 'node:assert/strict'
import test from 'node:test'
import { createManualClock } from '../testing/manualClock.ts'
import { createControlledClock } from './controlledClock.ts'

function rung(clock: { at(time: number, wake: () => void): () => void }, time: number): Promise<void> {
  return new Promise((resolve) => void clock.at(time, resolve))
}

test('it goes with the clock that it is on, so much ahead as was added', async () => {
  const base = createManualClock(1_000)
  const clock = createControlledClock(base)
  assert.equal(clock.now(), 1_000)
  const later = rung(clock, 5_000)
  clock.add(3_000)
  assert.equal(clock.now(), 4_000)
  base.advance(1_000)
  await later
  assert.equal(clock.now(), 5_000)
})

test('pinned it stands still until it is moved, and what is added moves the pin', async () => {
  const base = createManualClock(1_000)
  const clock = createControlledClock(base)
  clock.pin(50_000)
  const rings: number[] = []
  clock.at(60_000, () => rings.push(60))
  clock.at(55_000, () => rings.push(55))
  const last = rung(clock, 60_000)
  const cancel = clock.at(52_000, () => rings.push(52))
  cancel()
  base.advance(100_000)
  assert.deepEqual([clock.now(), rings], [50_000, []])
  clock.add(10_000)
  await last
  assert.deepEqual([clock.now(), rings], [60_000, [55, 60]])
})

test('reset it is the time of day again', async () => {
  const base = createManualClock(1_000)
  const clock = createControlledClock(base)
  clock.add(7_000)
  clock.pin(0)
  clock.reset()
  assert.equal(clock.now(), 1_000)
  const later = rung(clock, 2_000)
  base.advance(1_000)
  await later
})
