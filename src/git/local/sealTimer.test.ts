import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { SealTimer } from './sealTimer.ts'

test('a timer that was closed while it sealed seals never again, also where that failed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const seals: PromiseWithResolvers<void>[] = []
  const troubles: unknown[] = []
  const seal = () => {
    seals.push(Promise.withResolvers())
    return seals.at(-1)!.promise
  }
  const onTrouble = (error: unknown) => troubles.push(error)
  const timer = new SealTimer({ seal, growing: () => 0, isNeeded: () => true, onTrouble })
  const fail = async () => {
    t.mock.timers.tick(longestPause)
    seals.at(-1)!.reject(new Error('the disk is tired'))
    timer.stop()
    await setImmediate()
  }
  timer.start()
  await fail()
  assert.equal(seals.length, 1)
  t.mock.timers.tick(longestPause)
  assert.equal(seals.length, 2)
  timer.close()
  await fail()
  timer.start()
  t.mock.timers.tick(longestPause)
  assert.equal(troubles.length, 2)
  assert.equal(seals.length, 2)
})

/** Milliseconds. */
const longestPause = 10_000
