import assert from 'node:assert/strict'
import { test } from 'node:test'
import { steadyClock } from './steadyClock.ts'

test('a clock that is set forward, and back, makes nothing older than it is', () => {
  const hour = 3_600_000
  let [time, passed] = [10 * hour, 0]
  const clock = steadyClock(
    () => time,
    () => passed,
  )
  const tick = (milliseconds: number) => {
    time += milliseconds
    passed += milliseconds
  }
  tick(1_000)
  assert.equal(clock(), 10 * hour + 1_000)
  time += hour
  tick(1_000)
  assert.equal(clock(), 10 * hour + 2_000)
  time -= 2 * hour
  assert.equal(clock(), 9 * hour + 2_000)
})
