import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SortedRows } from './sortedRows.ts'

test('rows come back in order, by their order first and their id then, however many there are', () => {
  for (const count of [0, 1, 2, 7_999, 8_000, 8_001, 40_000]) {
    const rows = new SortedRows()
    const all: string[] = []
    for (let n = 0; n < count; n++) {
      const row = { order: String((n * 7_919) % 101), id: String((n * 104_729) % count) }
      rows.add(row)
      all.push(`${row.order} ${row.id}`)
    }
    const found = [...rows.take()].map(({ order, id }) => `${order} ${id}`)
    assert.deepEqual(found, all.sort())
    assert.deepEqual([...rows.take()], [])
  }
})
