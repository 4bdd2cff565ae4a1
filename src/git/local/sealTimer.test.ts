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

test('what lands during a seal waits for the pause behind it, whoever asked for that seal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const seals: PromiseWithResolvers<void>[] = []
  const seal = () => {
    seals.push(Promise.withResolvers())
    return seals.at(-1)!.promise
  }
  const timer = new SealTimer({ seal, growing: () => 0, isNeeded: () => true })
  const landDuringSeal = async () => {
    const { length } = seals
    timer.start()
    t.mock.timers.tick(longestPause)
    seals.at(-1)!.resolve()
    await setImmediate()
    t.mock.timers.tick(1)
    assert.equal(seals.length, length)
  }
  timer.start()
  t.mock.timers.tick(longestPause)
  assert.equal(seals.length, 1)
  await landDuringSeal()
  t.mock.timers.tick(longestPause)
  assert.equal(seals.length, 2)
  await landDuringSeal()
  void timer.seal()
  assert.equal(seals.length, 3)
  await landDuringSeal()
  t.mock.timers.tick(longestPause)
  assert.equal(seals.length, 4)
  timer.close()
})

/** Milliseconds. */
const longestPause = 10_000
