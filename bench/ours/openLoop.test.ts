import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLoop } from './openLoop.ts'

test('it goes on sending though nobody has answered yet', async () => {
  const all = Promise.withResolvers<void>()
  let sent = 0
  const times = await openLoop(1_000, 0.05, () => {
    if (++sent === 50) all.resolve()
    return all.promise
  })
  assert.equal(times.length, 50)
})

test('who is held up pays for it: what was due meanwhile counts from when it was due', async () => {
  let time = 0
  const now = () => {
    time += 0.01
    return time
  }
  const holdUp = async (number: number) => {
    if (number === 0) time += 60
  }
  const [first, second, ...others] = await openLoop(1_000, 0.05, holdUp, now)
  assert.ok(first! >= 60)
  assert.ok(second! >= 59, 'it was due a millisecond after the first')
  assert.ok(others.at(-1)! >= 11, 'it was due 11 milliseconds before the hold-up was over')
})

test('the first error ends it', async () => {
  let sent = 0
  const failing = openLoop(1_000, 60, async () => {
    sent++
    throw new Error('full')
  })
  await assert.rejects(failing, /full/)
  assert.ok(sent < 60_000)
})
