import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../testing/manualClock.ts'
import { Alarm } from './alarm.ts'
import { systemClock } from './clock.ts'

function listening() {
  const clock = createManualClock()
  const rings: number[] = []
  const start = clock.now()
  const alarm = new Alarm(clock, () => rings.push(clock.now() - start))
  return { clock, alarm, rings, start }
}

test('an alarm rings when its time has come, and not before', () => {
  const { clock, alarm, rings, start } = listening()
  alarm.set(start + 100)
  clock.advance(99)
  assert.deepEqual(rings, [])
  clock.advance(1)
  assert.deepEqual(rings, [100])
})

test('an alarm that is set to another time forgets the first', () => {
  const { clock, alarm, rings, start } = listening()
  alarm.set(start + 100)
  alarm.set(start + 50)
  alarm.set(start + 200)
  clock.advance(150)
  assert.deepEqual(rings, [])
  clock.advance(50)
  assert.deepEqual(rings, [200])
  alarm.set(start + 300)
  alarm.set(undefined)
  clock.advance(500)
  assert.deepEqual(rings, [200])
})

test('what it rang for is done before it rings again', () => {
  const { clock, alarm, rings, start } = listening()
  alarm.set(start + 10)
  clock.advance(10)
  alarm.set(start + 20)
  clock.advance(50)
  assert.deepEqual(rings, [10])
  alarm.done()
  alarm.set(start + 70)
  clock.advance(10)
  assert.deepEqual(rings, [10, 70])
})

test('the system clock wakes when the time has come, not before; a time that is over at once', async () => {
  for (const wait of [20, -5]) {
    const time = systemClock.now() + wait
    const woken = await new Promise<number>((resolve) => systemClock.at(time, () => resolve(Date.now())))
    assert.ok(woken >= time)
  }
})
