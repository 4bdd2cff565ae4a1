import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTable, type Journal } from './table.ts'

interface Row {
  key: number
  group: string
  due?: number
}

const indexes = {
  grouped: ({ group }: Row) => ({ group }),
  due: ({ due }: Row) => (due === undefined ? undefined : { group: '', order: due }),
}

const key = fc.integer({ min: 1, max: 40 })
const row = fc.record(
  { key, group: fc.constantFrom('a', 'b', 'c'), due: fc.integer({ min: 0, max: 9 }) },
  { requiredKeys: ['key', 'group'] },
)
const changes = fc.array(fc.oneof(row, key), { maxLength: 80 })

test('an index has what a look at all rows finds, in its order, whatever came, changed and went', () => {
  fc.assert(
    fc.property(changes, (changes) => {
      const table = createTable({ undo: undefined }, () => {}, indexes)
      apply(table, changes)
      check(table)
    }),
  )
})

test('what is taken back leaves rows and indexes as they were', () => {
  fc.assert(
    fc.property(changes, changes, (before, after) => {
      const journal: Journal = { undo: undefined }
      const table = createTable(journal, () => {}, indexes)
      apply(table, before)
      const rows = sorted(table.values())
      const undo: (() => void)[] = []
      journal.undo = undo
      apply(table, after)
      for (const takeBack of undo.toReversed()) takeBack()
      assert.deepEqual(sorted(table.values()), rows)
      check(table)
    }),
  )
})

test('a group of many is in order, its first known, whatever was taken out of it', () => {
  const table = createTable({ undo: undefined }, () => {}, indexes)
  const numbers = Array.from({ length: 2_000 }, (_, n) => n)
  for (const n of numbers) table.put({ key: n, group: 'a', due: (n * 7_919) % 1_009 })
  for (const n of numbers) if (n % 3 === 0) table.delete(n)
  check(table)
})

type TestTable = ReturnType<typeof createTable<Row, 'grouped' | 'due'>>

function apply(table: TestTable, changes: readonly (Row | number)[]): void {
  for (const change of changes) {
    if (typeof change === 'number') table.delete(change)
    else table.put(change)
  }
}

function check(table: TestTable): void {
  const rows = sorted(table.values())
  for (const group of ['a', 'b', 'c']) {
    const expected = rows.filter((row) => row.group === group)
    assert.deepEqual(table.in('grouped', group), expected)
    assert.deepEqual([...table.each('grouped', group)], expected)
    assert.equal(table.count('grouped', group), expected.length)
    assert.equal(table.firstOrder('grouped', group), expected[0]?.key)
  }
  const due = rows.filter((row) => row.due !== undefined).sort((a, b) => a.due! - b.due! || a.key - b.key)
  assert.deepEqual(table.in('due', ''), due)
  assert.equal(table.firstOrder('due', ''), due[0]?.due)
}

function sorted(rows: Iterable<Row>): Row[] {
  return [...rows].sort((a, b) => a.key - b.key)
}
