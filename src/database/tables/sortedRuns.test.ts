import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SortedRuns } from './sortedRuns.ts'

test('items come back in order, however many there are', () => {
  const order = (one: { key: string }, other: { key: string }) =>
    one.key < other.key ? -1 : one.key > other.key ? 1 : 0
  for (const count of [0, 1, 2, 7_999, 8_000, 8_001, 40_000]) {
    const runs = new SortedRuns(order)
    const all: string[] = []
    for (let n = 0; n < count; n++) {
      const key = String((n * 104_729) % Math.max(1, count - 5))
      runs.add({ key })
      all.push(key)
    }
    assert.deepEqual(
      [...runs.take()].map(({ key }) => key),
      all.sort(),
    )
    assert.deepEqual([...runs.take()], [])
  }
})
