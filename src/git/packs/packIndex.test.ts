import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { test } from 'node:test'
import { sortByOid } from './packIndex.ts'
import { tableEntry } from './packTable.ts'

for (const count of [0, 1, 1_000, 2 ** 21 + 1]) {
  test(`${count} entries are sorted by their ids, those that begin alike, too`, () => {
    const table = Buffer.alloc(count * tableEntry)
    randomFillSync(table)
    // The first 32 bits of these say nothing.
    for (let place = 0; place < count; place += Math.ceil(count / 100))
      table.fill(7, place * tableEntry, place * tableEntry + 4)
    const sorted = sortByOid(table)
    assert.equal(new Set(sorted).size, count)
    assert.equal(sorted.length, count)
    const isBehind = (place: number, other: number) =>
      table.compare(table, other * tableEntry, other * tableEntry + 20, place * tableEntry, place * tableEntry + 20) > 0
    assert.equal(
      sorted.findIndex((place, index) => index > 0 && !isBehind(place, sorted[index - 1]!)),
      -1,
    )
  })
}
