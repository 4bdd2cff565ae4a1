import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { Workspace } from '../../git/workspace.ts'
import { commitTransaction } from '../transactions/apply.ts'
import type { DatabaseTransaction } from '../transactions/transaction.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { RecordIndex } from './recordIndex.ts'

const branch = 'refs/heads/main'

for (const how of ['by reading the table', 'by an index']) {
  describe(`a unique index is kept ${how}`, () => {
    let workspace: Workspace
    let index: RecordIndex | undefined

    beforeEach(async () => {
      const repository = openMemory()
      workspace = await Workspace.open(repository, [branch])
      const indexes = [
        { fields: ['sku'], unique: true },
        { fields: ['place.row,tags'], unique: true },
        { fields: ['place.row', 'tags'], unique: true },
      ]
      const settings = JSON.stringify({ tables: { stock: { indexes } } })
      await workspace.tree(branch).write(['db', '.commitbase.json'], Buffer.from(settings))
      workspace.commit(branch, { message: 'Declare', author: { name: 'A', email: 'a@b' }, time: 0 })
      await workspace.land()
      if (how !== 'by an index') return
      index = new RecordIndex({ path: ':memory:', basedir: 'db', read: (oids) => repository.read(oids) })
      index.landed(workspace.tip(branch))
      await index.settled()
    })

    async function transact(work: (tx: DatabaseTransaction) => Promise<unknown>): Promise<void> {
      const before = workspace.checkpoint()
      try {
        const tx = createTransaction({
          tree: workspace.tree(branch),
          basedir: 'db',
          now: '2026-01-01T00:00:00.000Z',
          newId: () => 'new',
          index: index?.at(workspace.tip(branch)),
          fingerprints: index?.fingerprints,
        })
        await work(tx)
        await commitTransaction(workspace, branch, tx, { title: 'test', trailers: [], time: 0, index })
      } catch (error) {
        workspace.restore(before)
        throw error
      }
    }
    const put = (record: object) => transact((tx) => tx.upsert('stock', { ...record }))
    const land = async () => {
      await workspace.land()
      index?.landed(workspace.tip(branch))
      await index?.settled()
    }

    test('an index on two fields is not the one on a field with a comma', async () => {
      await put({ _id: 'a', place: { row: 1 }, tags: 'x' })
      const refused = { code: 'conflict', message: /'a' and 'b' in 'stock' would have the same place\.row, tags/ }
      await assert.rejects(put({ _id: 'b', place: { row: 1 }, tags: 'x' }), refused)
      await land()
      await assert.rejects(put({ _id: 'b', place: { row: 1 }, tags: 'x' }), refused)
    })

    test('the second record with a value is refused, with both ids, landed or not', async () => {
      await put({ _id: 'a', sku: 1 })
      const refused = { code: 'conflict', message: /'a' and 'b' in 'stock' would have the same sku \(1\)/ }
      await assert.rejects(put({ _id: 'b', sku: 1 }), refused)
      await land()
      await assert.rejects(put({ _id: 'b', sku: 1 }), refused)
      await put({ _id: 'b', sku: '1' })
      await put({ _id: 'a', sku: 1, name: 'the same again' })
    })

    test('a value is free when its record has another, or is gone', async () => {
      await put({ _id: 'a', sku: 1 })
      await land()
      await put({ _id: 'a', sku: 2 })
      await put({ _id: 'b', sku: 1 })
      await transact((tx) => tx.deleteOne('stock', { _id: 'b' }))
      await put({ _id: 'c', sku: 1 })
      await transact((tx) => tx.dropTable('stock'))
      await put({ _id: 'd', sku: 1 })
      await assert.rejects(put({ _id: 'e', sku: 1 }), { code: 'conflict' })
    })

    test('a transaction is judged at its end: values may be exchanged, but not taken twice', async () => {
      await put({ _id: 'a', sku: 1 })
      await put({ _id: 'b', sku: 2 })
      await land()
      await transact(async (tx) => {
        await tx.updateOne('stock', { sku: 2 }, { _id: 'a' })
        await tx.updateOne('stock', { sku: 1 }, { _id: 'b' })
      })
      const twice = transact((tx) => tx.updateMany('stock', { sku: 7 }, {}))
      await assert.rejects(twice, { code: 'conflict', message: /'a' and 'b'/ })
      await assert.rejects(put({ _id: 'c', sku: 1 }), { message: /'b' and 'c'/ })
    })

    test('what failed in a batch holds nothing', async () => {
      const failed = transact(async (tx) => {
        await tx.upsert('stock', { _id: 'a', sku: 1 })
        throw new Error('no')
      })
      await assert.rejects(failed)
      await put({ _id: 'b', sku: 1 })
      await assert.rejects(put({ _id: 'c', sku: 1 }), { message: /'b' and 'c'/ })
    })

    test('a missing value is none, null is one; beside another value missing is null', async () => {
      await put({ _id: 'a' })
      await put({ _id: 'b' })
      await put({ _id: 'c', sku: null })
      await assert.rejects(put({ _id: 'd', sku: null }), { code: 'conflict' })
      await put({ _id: 'e', place: { row: 1 } })
      await assert.rejects(put({ _id: 'f', place: { row: 1 }, tags: null }), { message: /'e' and 'f'/ })
      await put({ _id: 'g', tags: [] })
      await put({ _id: 'h', tags: [] })
    })

    test('each member of a list counts, once within its record', async () => {
      await put({ _id: 'a', place: [{ row: 1 }, { row: 2 }], tags: ['x', 'y', 'x'] })
      await assert.rejects(put({ _id: 'b', place: { row: 2 }, tags: 'y' }), { message: /'a' and 'b'/ })
      await put({ _id: 'c', place: { row: 3 }, tags: 'y' })
      await put({ _id: 'd', place: { row: 1 }, tags: ['z'] })
    })

    test('a record with too many combinations is refused', async () => {
      const numbers = Array.from({ length: 101 }, (_, n) => n)
      const record = { _id: 'a', place: numbers.map((row) => ({ row })), tags: numbers }
      await assert.rejects(put(record), { code: 'invalid', message: /'a' has 10,201 combinations/ })
    })
  })
}
