import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileOf, writeAt } from './records.ts'

const writes = Array.from({ length: 1_000 }, (_, number) => writeAt(100, number))

test('each 50th write inserts the next new record, the others update records all over the table', () => {
  const inserted = writes.filter(({ place }) => place >= 100).map(({ place }) => place)
  assert.deepEqual(
    inserted,
    Array.from({ length: 20 }, (_, index) => 100 + index),
  )
  const updated = new Set(writes.filter(({ place }) => place < 100).map(({ place }) => place))
  assert.equal(updated.size, 100)
})

test('no write leaves its record as it was', () => {
  const files = new Map<number, string>()
  for (const { place, version } of writes) {
    const file = fileOf(place, version).toString()
    assert.notEqual(file, files.get(place) ?? fileOf(place, 0).toString())
    files.set(place, file)
  }
})
