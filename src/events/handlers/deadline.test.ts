import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deadline } from './deadline.ts'
import { runGuarded } from './strayErrors.ts'

const never = () => new Promise<never>(() => {})
const tooLong = { code: 'unavailable', message: 'it took longer than its deadline of 1 ms' }
const givenUp = { code: 'unavailable', message: /^it was given up/ }

test('what waits for too long fails', async () => {
  await assert.rejects(runGuarded(never, undefined, new Deadline(1, 'it')), tooLong)
})

test('what keeps the thread for too long fails, though it ends in the turn in which it began', async () => {
  const busy = () => {
    for (const began = performance.now(); performance.now() - began < 2; );
  }
  await assert.rejects(runGuarded(busy, undefined, new Deadline(1, 'it')), tooLong)
})

test('what ends in time gives what it gives, at once and later', async () => {
  const later = () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('later'))))
  for (const run of [() => 'at once', later])
    assert.equal(await runGuarded<unknown>(run, undefined, new Deadline(60_000, 'it')), await run())
})

test('what is under way is given up when the signal comes: before its first turn is over, and after', async () => {
  const [early, late] = [new AbortController(), new AbortController()]
  const one = runGuarded(never, undefined, new Deadline(60_000, 'it', early.signal))
  const other = runGuarded(never, undefined, new Deadline(60_000, 'it', late.signal))
  early.abort()
  await assert.rejects(one, givenUp)
  late.abort()
  await assert.rejects(other, givenUp)
})
