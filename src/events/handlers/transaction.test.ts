import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldReceipts } from '../../database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../database/receipts/receipt.ts'
import { openMemory } from '../../git/memory.ts'
import { Writer } from '../../git/writer.ts'
import { applyEvent } from '../applyEvent.ts'
import type { Handler } from './handler.ts'
import type { Transaction } from './transaction.ts'

const branch = 'refs/heads/main'
const settings = { deadline: 30_000, retries: 0, backOff: 0 }

/** A repository, and a way to run handlers on it as events. */
function open() {
  const fold = foldReceipts({ name: 'Test', email: 'test@example.net' }, () => 0)
  const writer = new Writer({ repository: openMemory(), refs: [branch, receiptsRef], fold })
  let events = 0
  return async (run: (tx: Transaction) => Promise<unknown>) => {
    const id = `event-${++events}`
    const event = {
      id,
      source: 'https://github.com/acme/shop',
      type: 'work',
      time: '2026-01-01T00:00:00Z',
      correlationid: id,
      data: {},
    }
    const handler = { run: ((_event, tx) => run(tx)) as Handler, settings }
    const handlers = { handlers: new Map([['work', handler]]) } as never
    const context = {
      branch,
      basedir: 'db',
      handlers,
      clock: () => Date.UTC(2026, 0, 1, 0, 0, events),
      newId: () => `new-${events}`,
    }
    return await writer.submit(applyEvent({ event: event as never }, context))
  }
}

test('a handler inserts, patches under a precondition, counts and pages', async () => {
  const handle = open()
  await handle((tx) => tx.insert('stock', { _id: 'cup', n: 1 }))
  const patched = await handle(async (tx) => {
    const ifMatch = await tx.blob('stock', 'cup')
    await tx.insert('stock', { _id: 'jug', n: 7 })
    return await tx.patch('stock', 'cup', { n: 2 }, { ifMatch })
  })
  assert.equal(patched.error, undefined)
  const read = await handle(async (tx) => [
    await tx.count('stock', { n: { $gt: 1 } }),
    await tx.findMany('stock', {}, { sort: { n: -1 }, limit: 1, project: { _id: 1 } }),
    (await tx.find('stock', {}, { skip: 1, blobs: true })).count,
  ])
  assert.deepEqual(read.result, [2, [{ _id: 'jug' }], 2])
  const stale = await handle((tx) => tx.upsert('stock', { _id: 'cup' }, undefined, { ifMatch: '0'.repeat(40) }))
  assert.equal(stale.error?.code, 'conflict')
  assert.equal((await handle((tx) => tx.insert('stock', { _id: 'cup' }))).error?.code, 'conflict')
})

test('a handler reads the past and undoes an event of its own source', async () => {
  const handle = open()
  const first = await handle((tx) => tx.upsert('stock', { _id: 'cup', n: 1 }))
  const second = await handle((tx) => tx.upsert('stock', { _id: 'cup', n: 2 }))
  const past = await handle(async (tx) => [
    (await tx.get('stock', 'cup', { at: first.commit }))?.n,
    (await tx.history('stock', 'cup')).versions.map(({ event }) => event?.id),
    (await tx.diff('stock', 'cup')).patch.some(({ path }) => path === '/n'),
    (await tx.changes({ since: first.commit })).commits.map(({ commit }) => commit),
  ])
  assert.deepEqual(past.result, [1, ['event-2', 'event-1'], true, [second.commit]])
  const reverted = await handle(async (tx) => [
    await tx.revert({ event: 'event-2' }),
    (await tx.get('stock', 'cup'))?.n,
  ])
  assert.equal(reverted.error, undefined)
  assert.equal((reverted.result as unknown[])[1], 1)
})

test("a message's variables are what they were when it was published, as JSON has them", async () => {
  const handle = open()
  const variables = { list: [1], when: new Date(0), gone: undefined, none: Number.NaN, zero: -0 }
  const { receipt } = await handle(async (tx) => {
    tx.publish({ name: 'PLAIN', correlationKey: 1, variables: { list: variables.list } })
    tx.publish({ name: 'OTHERS', correlationKey: 1, variables })
    variables.list.push(2)
  })
  assert.deepEqual(
    receipt?.messages.map((message) => message.variables),
    [{ list: [1] }, { list: [1], when: '1970-01-01T00:00:00.000Z', none: null, zero: 0 }],
  )
  const refused = await handle(async (tx) =>
    tx.publish({ name: 'A', correlationKey: 1, variables: { deep: [{ run: () => {} }] } }),
  )
  assert.equal(refused.error?.code, 'invalid')
  assert.match(refused.error!.message, /'run' is a function/)
})
