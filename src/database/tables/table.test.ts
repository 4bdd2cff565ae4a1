import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { Table } from './table.ts'

test('while records are looked up by a long list of ids, others have a turn', async () => {
  const table = new Table(new WorkingTree(null, async () => []), ['db'], 'stock')
  let isTheirTurn = false
  setImmediate(() => {
    isTheirTurn = true
  })
  await table.pick(Array.from({ length: 100_000 }, (_, number) => `id-${number}`))
  assert.ok(isTheirTurn)
})
