import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { eventKey } from '../database/receipts/eventKey.ts'
import { foldReceipts } from '../database/receipts/foldReceipts.ts'
import { receiptsRef } from '../database/receipts/receipt.ts'
import { CommitbaseError } from '../errors.ts'
import { openMemory } from '../git/memory.ts'
import { type GitObject, makeObject } from '../git/objects/object.ts'
import { encodeEntry, inboxFolder } from '../git/shared/inbox.ts'
import { SharedWriter } from '../git/shared/sharedWriter.ts'
import { applyEvent, type EventContext, type EventRequest } from './applyEvent.ts'
import { eventSubmission } from './eventSubmission.ts'
import { findReceipt } from './findReceipt.ts'
import { defaultSettings, type Handler } from './handlers/handler.ts'
import { inboxRequestOf, readInbox } from './inboxRequest.ts'

test('an operation that another writer left in the inbox is evaluated by whoever comes', async () => {
  const shop = new Shop()
  await shop.leave(upsert('left'))
  await shop.submit(upsert('own'))
  assert.equal((await shop.receipt('left'))!.status, 'done')
  assert.deepEqual(await shop.refs(), [receiptsRef, branch])
})

test('an event is handled by who has handlers of the same path and git id, with the receipt that its own writer would have made', async () => {
  const shop = new Shop()
  await shop.leave(dispatch('left', 'sold', { sku: 'a' }), handlers('h.ts', '1'))
  await shop.submit(dispatch('own', 'sold', { sku: 'b' }), handlers('h.ts', '1'))
  const { status, result, messages, commit } = (await shop.receipt('left'))!
  assert.deepEqual([status, result, messages[0]!.name], ['done', { sold: 'a' }, 'SOLD'])
  assert.match(commit!, /^[0-9a-f]{40}$/)
})

for (const [what, other] of [
  ['another path', () => handlers('i.ts', '1')],
  ['another git id', () => handlers('h.ts', '2')],
  ['another database', () => ({ ...handlers('h.ts', '1'), basedir: 'other' })],
  ['another branch', () => ({ ...handlers('h.ts', '1'), branch: 'refs/heads/other' })],
] as const) {
  test(`an event for ${what} is left alone`, async () => {
    const shop = new Shop()
    await shop.leave(dispatch('left', 'sold', { sku: 'a' }), other())
    await shop.submit(dispatch('own', 'sold', { sku: 'b' }), handlers('h.ts', '1'))
    assert.equal(await shop.receipt('left'), undefined)
    assert.ok((await shop.refs()).includes(inboxFolder + keyOf('left')))
  })
}

test('what nobody came for in a day gets a failed receipt, and its run can be run again', async () => {
  const shop = new Shop()
  await shop.leave(dispatch('left', 'sold', { sku: 'a' }), handlers('h.ts', 'gone'), '2025-12-30T00:00:00.000Z')
  await shop.submit(dispatch('own', 'sold', { sku: 'b' }), handlers('h.ts', '1'))
  const receipt = (await shop.receipt('left'))!
  assert.deepEqual([receipt.status, receipt.error!.code], ['failed', 'unavailable'])
  const again = await shop.submit(dispatch('left', 'sold', { sku: 'a' }), handlers('h.ts', '1'))
  assert.deepEqual([again.receipt!.status, again.duplicate], ['done', false])
})

test('what a door found wrong with an event is in the receipt, whoever makes it', async () => {
  const shop = new Shop()
  const fault = new CommitbaseError('invalid', 'client_payload.time must be a time')
  await shop.leave({ ...dispatch('left', 'sold', {}), fault })
  await shop.submit(upsert('own'))
  assert.deepEqual((await shop.receipt('left'))!.error, { code: 'invalid', message: fault.message })
})

test('an entry under a key that is not its event’s, or that is no event, is taken away', async () => {
  const shop = new Shop()
  await shop.leave(upsert('left'), {}, undefined, eventKey(source, 'another'))
  for (const [index, request] of [
    null,
    7,
    { event: {} },
    { ...inboxRequestOf(upsert('x'), shop.context()), operation: { name: 'UPSERT' } },
  ].entries())
    await shop.put(keyOf(`nonsense-${index}`), { entered: '2026-01-01T00:00:00.000Z', request })
  await shop.submit(upsert('own'))
  assert.equal(await shop.receipt('left'), undefined)
  assert.deepEqual(await shop.refs(), [receiptsRef, branch])
})

for (const [what, request] of [
  ['parameters', (value: unknown) => ({ ...upsert('deep'), operation: { name: 'UPSERT', parameters: { value } } })],
  ['data', (value: unknown) => dispatch('deep', 'sold', { value })],
] as const)
  test(`an entry whose ${what} have too many levels is taken away, and does not hold up the others`, async () => {
    for (const levels of [101, 20_000]) {
      const shop = new Shop()
      const given = handlers('h.ts', '1')
      const entry = JSON.stringify(inboxRequestOf(request(null), shop.context(given)))
      const nested = entry.replace('null', '['.repeat(levels) + ']'.repeat(levels))
      await shop.putText(keyOf('deep'), `{"entered":"2026-01-01T00:00:00.000Z","request":${nested}}`)
      await shop.leave(upsert('left'))
      await shop.submit(upsert('own'), given)
      assert.equal((await shop.receipt('left'))!.status, 'done')
      assert.equal(await shop.receipt('deep'), undefined)
      assert.deepEqual(await shop.refs(), [receiptsRef, branch])
    }
  })

test('an entry of an event that has a receipt is only taken away', async () => {
  const shop = new Shop()
  await shop.submit(upsert('left'))
  const receipt = await shop.receipt('left')
  await shop.leave(upsert('left'))
  await shop.submit(upsert('own'))
  assert.deepEqual(await shop.receipt('left'), receipt)
  assert.deepEqual(await shop.refs(), [receiptsRef, branch])
})

test('an entry of an event that failed is evaluated again', async () => {
  const shop = new Shop()
  await shop.submit(dispatch('left', 'flaky', {}), handlers('h.ts', '1'))
  assert.equal((await shop.receipt('left'))!.status, 'failed')
  await shop.leave(dispatch('left', 'flaky', {}), handlers('h.ts', '1'))
  await shop.submit(dispatch('own', 'sold', { sku: 'b' }), handlers('h.ts', '1'))
  assert.equal((await shop.receipt('left'))!.status, 'done')
})

test('who comes with other content than the entry of the same id gets a conflict', async () => {
  const shop = new Shop()
  await shop.leave(upsert('left', { a: 1 }))
  await assert.rejects(shop.submit(upsert('left', { a: 2 })), { code: 'conflict' })
  assert.equal((await shop.receipt('left'))!.status, 'done')
  assert.deepEqual(await shop.refs(), [receiptsRef, branch])
})

const branch = 'refs/heads/main'
const source = 'https://github.com/o/r'
const keyOf = (id: string) => eventKey(source, id)

function upsert(id: string, record: Record<string, unknown> = {}): EventRequest {
  const operation = { name: 'UPSERT', parameters: { table: 'stock', record: { _id: id, ...record } } }
  return { ...dispatch(id, 'run', {}), operation }
}

function dispatch(id: string, type: string, data: Record<string, unknown>): EventRequest {
  return { event: { id, source, type, time: '2026-01-01T00:00:00.000Z', data, correlationid: id } }
}

let failures = 0

const run: Record<string, Handler> = {
  sold: async (event, tx) => {
    await tx.upsert('sales', { _id: event.id, sku: event.data.sku })
    tx.publish({ name: 'SOLD', correlationKey: event.id })
    return { sold: event.data.sku }
  },
  flaky: async () => {
    if (failures++ === 0) throw new Error('the warehouse is closed')
  },
}

function handlers(path: string, id: string): Partial<EventContext> {
  const settings = { ...defaultSettings, retries: 0 }
  const loaded = new Map(Object.entries(run).map(([type, handler]) => [type, { run: handler, settings }]))
  return { handlers: { path, id, handlers: loaded } }
}

class Shop {
  readonly #repository = openMemory()
  #ids = 0

  context(given: Partial<EventContext> = {}): EventContext {
    const clock = () => Date.parse('2026-01-01T00:00:00Z')
    return { branch, basedir: 'db', clock, newId: () => `id-${++this.#ids}`, ...given }
  }

  /** As a writer with that context submits it. */
  submit(request: EventRequest, given?: Partial<EventContext>) {
    const context = this.context(given)
    const writer = new SharedWriter({
      repository: this.#repository,
      refs: [branch, receiptsRef],
      fold: foldReceipts({ name: 'Test', email: 'test@example.net' }, context.clock),
      holder: `writer-${++this.#ids}`,
      read: readInbox(context),
      clock: context.clock,
      monotonic: () => performance.now(),
      delay: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
      random: () => 0,
    })
    return writer.submit(eventSubmission({ request, context, task: applyEvent(request, context), isRead: false }))
  }

  /** As a writer with that context that was killed leaves it behind. */
  async leave(
    request: EventRequest,
    given?: Partial<EventContext>,
    entered = '2026-01-01T00:00:00.000Z',
    key = keyOf(request.event.id),
  ) {
    await this.put(key, { entered, request: inboxRequestOf(request, this.context(given)) })
  }

  async put(key: string, entry: { entered: string; request: unknown }): Promise<void> {
    await this.#put(key, encodeEntry(entry))
  }

  /** What cannot become a text as a value. */
  async putText(key: string, text: string): Promise<void> {
    await this.#put(key, makeObject('blob', Buffer.from(text)))
  }

  async #put(key: string, blob: GitObject): Promise<void> {
    await this.#repository.landEach([blob], [{ ref: inboxFolder + key, from: null, to: blob.oid }])
  }

  receipt(id: string) {
    return findReceipt(this.#repository, source, id)
  }

  async refs(): Promise<string[]> {
    return [...(await this.#repository.refs(['refs/'])).keys()].sort()
  }
}
