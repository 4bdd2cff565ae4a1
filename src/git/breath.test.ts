import assert from 'node:assert/strict'
import { test } from 'node:test'
import { giveWay, takeBreaths } from './breath.ts'

test('two who work side by side take turns that are equally long, and short', async (t) => {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const worked: string[] = []
  const work = async (name: string) => {
    const breath = takeBreaths()
    for (let part = 0; part < 40; part++) {
      worked.push(name)
      now += 0.1
      await breath()
    }
  }
  await Promise.all([work('evaluation'), work('seal')])
  const turns = worked.join(' ').match(/evaluation( evaluation)*|seal( seal)*/g)!
  const lengths = turns.map((turn) => turn.split(' ').length)
  assert.ok(Math.max(...lengths) <= 4, lengths.join())
  assert.ok(turns.length >= 20, lengths.join())
})

test('what nobody waits for gives way while others have something to do, and then goes on without them', async (t) => {
  let now = 0
  t.mock.method(performance, 'now', () => now)
  const worked: string[] = []
  const work = async (name: string, breath: () => Promise<void> | undefined, parts: number) => {
    for (let part = 0; part < parts; part++) {
      worked.push(name)
      now += 0.4
      await breath()
    }
  }
  await Promise.all([work('fold', giveWay(), 10), work('evaluation', takeBreaths(), 20)])
  assert.equal(worked.slice(0, 20).filter((name) => name === 'fold').length, 4)
  assert.deepEqual(worked.slice(-5), Array(5).fill('fold'))
})
