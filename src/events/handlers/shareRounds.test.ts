import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareRounds } from './shareRounds.ts'

test('a few turns take one round of the event loop, and many let others have theirs', async () => {
  const nextTurn = shareRounds()
  let rounds = 0
  let isOver = false
  const count = () => {
    rounds++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  for (let turns = 0; turns < 160; turns++) await nextTurn()
  isOver = true
  assert.ok(rounds >= 10 && rounds < 40, `${rounds} rounds`)
})
