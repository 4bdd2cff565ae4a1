import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { PushTurns } from './pushTurns.ts'

const fetches = 'git-upload-pack'
const pushes = 'git-receive-pack'

async function isFree(turns: PushTurns): Promise<boolean> {
  return await Promise.race([turns.isFree().then(() => true), delay(5, false)])
}

test('who has lost a push is waited for from the next fetch on until the push has ended; who only fetches, or pushes at once, is not', async () => {
  let looks = 0
  const turns = new PushTurns({ landed: async () => looks++, step: 60_000, longest: 60_000 })
  await turns.asks('reader', fetches)
  await turns.asks('reader', fetches)
  await turns.asks('ada', pushes)
  assert.deepEqual([await isFree(turns), looks], [true, 0])
  await turns.asks('ada', fetches)
  assert.deepEqual([await isFree(turns), looks], [false, 1], 'git refused it on that side, since nothing came')
  await turns.asks('ada', pushes)
  assert.deepEqual([await isFree(turns), looks], [false, 2])
  turns.ended('bob', 'landed')
  assert.equal(await isFree(turns), false)
  turns.ended('ada', 'landed')
  assert.equal(await isFree(turns), true)
  await turns.asks('ada', fetches)
  assert.equal(await isFree(turns), true, 'nothing is lost any more')
})

test('who lost while the push was under way is waited for, too; who was refused by a rule is not', async () => {
  const turns = new PushTurns({ landed: async () => {}, step: 60_000, longest: 60_000 })
  await turns.asks('ada', pushes)
  turns.ended('ada', 'refused')
  await turns.asks('ada', fetches)
  assert.equal(await isFree(turns), true)
  await turns.asks('bob', pushes)
  turns.ended('bob', 'lost')
  assert.equal(await isFree(turns), true)
  await turns.asks('bob', fetches)
  assert.equal(await isFree(turns), false)
  turns.stop()
  assert.equal(await isFree(turns), true)
  await turns.asks('bob', fetches)
  assert.equal(await isFree(turns), true)
})

test('nobody is waited for longer than a moment, and then nobody for as long again', async () => {
  const turns = new PushTurns({ landed: async () => {}, step: 30, longest: 60_000 })
  const fetch = async (who: string) => {
    await turns.asks(who, pushes)
    await turns.asks(who, fetches)
  }
  await fetch('ada')
  await turns.isFree()
  await fetch('bob')
  assert.equal(await isFree(turns), true)
  await delay(100)
  await fetch('bob')
  assert.equal(await isFree(turns), false)
  turns.stop()
})

test('who asks again and again is waited for no longer than for the whole of a push', async () => {
  const turns = new PushTurns({ landed: async () => {}, step: 60_000, longest: 100 })
  await turns.asks('ada', pushes)
  await turns.asks('ada', fetches)
  const asking = setInterval(() => turns.asks('ada', fetches), 10)
  assert.equal(await isFree(turns), false)
  await turns.isFree()
  clearInterval(asking)
  turns.stop()
})
