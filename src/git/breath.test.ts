import assert from 'node:assert/strict'
import { test } from 'node:test'
import { takeBreaths } from './breath.ts'

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
