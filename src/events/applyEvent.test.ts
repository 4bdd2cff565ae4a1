import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventKey } from '../database/receipts/eventKey.ts'
import { foldReceipts } from '../database/receipts/foldReceipts.ts'
import { receiptsRef } from '../database/receipts/receipt.ts'
import { Receipts } from '../database/receipts/receipts.ts'
import { openMemory } from '../git/memory.ts'
import type { Repository } from '../git/repository.ts'
import { Workspace } from '../git/workspace.ts'
import { Writer } from '../git/writer.ts'
import { applyEvent, type EventContext } from './applyEvent.ts'
import type { Event } from './event.ts'
import { findReceipt } from './findReceipt.ts'
import type { Handler, HandlerSettings } from './handlers/handler.ts'
import { readReceiptsAfter } from './messages/outbox.ts'
import { noteNew } from './newEvents.ts'

const branch = 'refs/heads/main'
const source = 'https://github.com/o/r'

function event(id: string, type: string, data: Record<string, unknown> = {}): Event {
  return { id, source, type, time: '2026-01-01T00:00:00.000Z', data, correlationid: `c-${id}` }
}

/** A database in memory with these handlers, which are given an event as a door would give it. */
function database(
  handlers: Record<string, Handler> = {},
  settings: Partial<HandlerSettings> = {},
  repository: Repository = openMemory(),
  signal?: AbortSignal,
) {
  const clock = () => Date.parse('2026-01-01T00:00:00Z')
  const writer = new Writer({
    repository,
    refs: [branch, receiptsRef],
    fold: foldReceipts({ name: 'Test', email: 'test@example.net' }, clock),
  })
  const full = { deadline: 30_000, retries: 2, backOff: 1, ...settings }
  const loaded = new Map(Object.entries(handlers).map(([type, run]) => [type, { run, settings: full }]))
  let ids = 0
  const context: EventContext = {
    branch,
    basedir: 'db',
    handlers: { path: 'handlers', id: '', handlers: loaded },
    clock,
    newId: () => `id-${++ids}`,
    ...(signal && { signal }),
  }
  const taskOf = (given: Event) => applyEvent({ event: given }, context)
  const apply = (given: Event) => writer.submit(taskOf(given))
  const run = (name: string, parameters: Record<string, unknown>, id = name) =>
    writer.submit(applyEvent({ event: event(id, name), operation: { name, parameters } }, context))
  return { repository, taskOf, apply, run }
}

async function messageOf(repository: Repository, oid: string): Promise<string> {
  const [commit] = await repository.read([oid])
  return commit!.body.toString('utf8').split('\n\n').slice(1).join('\n\n')
}

async function recordAt(repository: Repository, ...path: string[]): Promise<unknown> {
  const bytes = await (await Workspace.open(repository, [branch])).tree(branch).read(path)
  return bytes && JSON.parse(bytes.toString('utf8'))
}

test('an event becomes one commit with its trailers, one receipt, and the messages it owes', async () => {
  const { repository, apply } = database({
    restock_item: async (given, tx) => {
      const stock = await tx.upsert('stock', { _id: 'sku-1', level: given.data.level })
      tx.publish({ name: 'RESTOCKED', correlationKey: 7, variables: { stock } })
      return stock
    },
  })
  const applied = await apply(event('e1', 'restock_item', { level: 3 }))
  const stored = { _id: 'sku-1', level: 3, _updated: '2026-01-01T00:00:00.000Z' }
  assert.equal(applied.duplicate, false)
  assert.deepEqual(applied.result, stored)
  assert.deepEqual(await recordAt(repository, 'db', 'stock', 'sku-1.json'), stored)
  assert.equal((await repository.refs([branch])).get(branch), applied.commit)
  assert.equal(
    await messageOf(repository, applied.commit!),
    `UPSERT stock/sku-1\n\nEvent-Id: e1\nEvent-Source: ${source}\nEvent-Type: restock_item\nCorrelation-Id: c-e1\n`,
  )
  const receipt = await findReceipt(repository, source, 'e1')
  assert.deepEqual(receipt, applied.receipt)
  assert.equal(receipt!.seq, 1)
  assert.equal(receipt!.status, 'done')
  const messageId = `${eventKey(source, 'e1')}-0`
  assert.deepEqual(receipt!.messages, [
    { name: 'RESTOCKED', correlationKey: '7', variables: { stock: stored }, timeToLive: 3_600_000, messageId },
  ])
})

test('the same event again, also in one batch, gets the first receipt and makes no second commit', async () => {
  let runs = 0
  const { repository, apply } = database({ count: (_event, tx) => tx.upsert('t', { _id: 'a', runs: ++runs }) })
  const [first, second] = await Promise.all([apply(event('e1', 'count')), apply(event('e1', 'count'))])
  const third = await apply({ ...event('e1', 'count'), time: '2027-01-01T00:00:00.000Z' })
  assert.deepEqual(
    [first, second, third].map(({ duplicate }) => duplicate),
    [false, true, true],
  )
  assert.deepEqual([second.receipt, third.receipt], [first.receipt, first.receipt])
  assert.equal(runs, 1)
  assert.deepEqual(
    (await readReceiptsAfter(repository, 0, 10)).map(({ seq }) => seq),
    [1],
  )
})

test('the same id with other content is a conflict that names both digests, and leaves the receipt as it was', async () => {
  const { repository, apply } = database({ keep: (given, tx) => tx.upsert('t', { _id: 'a', ...given.data }) })
  const first = await apply(event('e1', 'keep', { a: 1 }))
  await assert.rejects(apply(event('e1', 'keep', { a: 2 })), {
    code: 'conflict',
    message: new RegExp(first.receipt!.digest),
  })
  assert.deepEqual(await findReceipt(repository, source, 'e1'), first.receipt)
})

test('receipts that are damaged are no conflict: the event is to be tried again when they are mended', async () => {
  const handlers = { x: async () => 1 }
  const { repository, apply } = database(handlers)
  await apply(event('1', 'x'))
  const whole = (await repository.refs([receiptsRef])).get(receiptsRef)!
  const workspace = await Workspace.open(repository, [receiptsRef])
  const key = eventKey(source, '1')
  await workspace.tree(receiptsRef).write([key.slice(0, 2), key.slice(2, 4), `${key}.json`], Buffer.from('{}'))
  workspace.commit(receiptsRef, { message: 'damage', author: { name: 'a', email: 'a@b' }, time: 0 })
  await workspace.land()
  const again = database(handlers, {}, repository)
  await assert.rejects(again.apply(event('1', 'x')), { code: 'internal', message: /is damaged: two files/ })
  const damaged = (await repository.refs([receiptsRef])).get(receiptsRef)!
  await repository.land([], [{ ref: receiptsRef, from: damaged, to: whole }])
  assert.equal((await database(handlers, {}, repository).apply(event('1', 'x'))).duplicate, true)
})

test('a handler that refuses leaves its reason, nothing of what it wrote, and is not asked again', async () => {
  let runs = 0
  const { repository, apply } = database({
    refuse: async (_event, tx) => {
      runs++
      await tx.upsert('t', { _id: 'a' })
      tx.publish({ name: 'M', correlationKey: 'k' })
      tx.refuse('conflict', 'sold out')
    },
  })
  const refused = await apply(event('e1', 'refuse'))
  assert.equal(refused.receipt!.status, 'refused')
  assert.deepEqual(refused.error, { code: 'conflict', message: 'sold out' })
  assert.deepEqual(refused.receipt!.messages, [])
  assert.equal(refused.commit, undefined)
  assert.equal(await recordAt(repository, 'db', 't', 'a.json'), undefined)
  assert.equal((await apply(event('e1', 'refuse'))).duplicate, true)
  assert.equal(runs, 1)
})

test('a handler that throws is run again from nothing; then it has failed, and a repeat of the event may succeed', async () => {
  const seen: unknown[] = []
  const { apply } = database(
    {
      flaky: async (_event, tx) => {
        seen.push(await tx.get('t', 'a'))
        await tx.upsert('t', { _id: 'a' })
        if (seen.length < 4) throw new Error('boom')
      },
    },
    { retries: 2 },
  )
  const failed = await apply(event('e1', 'flaky'))
  assert.equal(failed.receipt!.status, 'failed')
  assert.deepEqual(failed.error, { code: 'internal', message: 'boom' })
  assert.deepEqual(seen, [undefined, undefined, undefined])
  const done = await apply(event('e1', 'flaky'))
  assert.equal(done.receipt!.status, 'done')
  assert.equal(done.duplicate, false)
  assert.ok(done.commit)
})

test('who asks for a message should the event fail gets one, with the error; who does not gets none', async () => {
  const { repository, apply } = database(
    {
      flaky: () => {
        throw new Error('boom')
      },
      picky: (_event, tx) => tx.refuse('conflict', 'sold out'),
      fine: (_event, tx) => tx.publish({ name: 'DONE', correlationKey: 1 }),
    },
    { retries: 0 },
  )
  const owed = async (given: Event) => (await apply(given)).receipt!.messages
  const asks = { failure_message: 'RESTOCK_FAILED' }
  const message = (id: string, code: string, message: string) => ({
    name: 'RESTOCK_FAILED',
    correlationKey: `c-${id}`,
    variables: { event_id: id, error: { code, message } },
    timeToLive: 3_600_000,
    messageId: `${eventKey(source, id)}-0`,
  })
  assert.deepEqual(await owed(event('e1', 'flaky', asks)), [message('e1', 'internal', 'boom')])
  assert.deepEqual(await owed(event('e2', 'picky', asks)), [message('e2', 'conflict', 'sold out')])
  const unknown = "there is no handler for 'nobody'; known: flaky, picky, fine"
  assert.deepEqual(await owed(event('e3', 'nobody', asks)), [message('e3', 'not_found', unknown)])
  assert.deepEqual(await owed(event('e4', 'flaky')), [])
  assert.deepEqual(
    (await owed(event('e5', 'fine', asks))).map(({ name }) => name),
    ['DONE'],
  )
  const kept = await readReceiptsAfter(repository, 0, 10)
  assert.deepEqual(
    kept.map(({ messages }) => messages.length),
    [1, 1, 1, 0, 1],
  )
})

test('a handler that passes its deadline has failed as unavailable, and what it does later lands nowhere', async () => {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const { promise: tooLate, resolve: tried } = Promise.withResolvers<string[]>()
  const codes: string[] = []
  let runs = 0
  const { repository, apply } = database(
    {
      slow: async (_event, tx) => {
        runs++
        await late
        await tx.upsert('t', { _id: 'a' }).catch((error) => codes.push(error.code))
        try {
          tx.publish({ name: 'M', correlationKey: 'k' })
        } catch (error) {
          codes.push((error as { code: string }).code)
        }
        tried(codes)
      },
    },
    { deadline: 1, retries: 2 },
  )
  const failed = await apply(event('e1', 'slow'))
  assert.equal(failed.error!.code, 'unavailable')
  assert.match(failed.error!.message, /'slow' took longer than its deadline of 1 ms/)
  resolve()
  assert.deepEqual(await tooLate, ['unavailable', 'unavailable'])
  assert.equal(await recordAt(repository, 'db', 't', 'a.json'), undefined)
  assert.equal(runs, 1)
})

test('an event that nobody handles is refused, with the types that are', async () => {
  const { apply } = database({ known: () => {} })
  const { error } = await apply(event('e1', 'unknown'))
  assert.deepEqual(error, { code: 'not_found', message: "there is no handler for 'unknown'; known: known" })
})

test('a message that is none is refused with what came', async () => {
  for (const draft of [
    { name: '' },
    { name: 'M', correlationKey: {} },
    { name: 'M', correlationKey: 'k', timeToLive: -1 },
    { name: 'M', correlationKey: 'k', variables: { n: 1n } },
    { name: 'M', correlationKey: 'k', variables: { f: () => {} } },
    { name: 'M', correlationKey: 'k', variables: circular() },
  ]) {
    const { apply } = database({ send: (_event, tx) => tx.publish(draft as never) })
    assert.equal((await apply(event('e1', 'send'))).error!.code, 'invalid')
  }
})

function circular(): Record<string, unknown> {
  const variables: Record<string, unknown> = {}
  variables.self = variables
  return variables
}

test('the receipt of a handler that throws very many words keeps the first of them', async () => {
  const { apply } = database({ rant: () => Promise.reject(new Error('x'.repeat(3_000_000))) }, { retries: 0 })
  const { error } = await apply(event('e1', 'rant'))
  assert.match(error!.message, /^x{10000}… \(3000000 characters\)$/)
})

test('an operation that writes leaves a receipt that names it; a plain read leaves none; a wrong one leaves its error', async () => {
  const { repository, run } = database()
  const written = await run('UPSERT', { table: 't', record: { _id: 'a' } })
  assert.match(await messageOf(repository, written.commit!), /\nOperation: UPSERT\n/)
  assert.equal(written.receipt!.operation, 'UPSERT')
  const read = await run('FINDONE', { table: 't', query: { _id: 'a' } })
  assert.deepEqual((read.result as { count: number }).count, 1)
  assert.equal(read.receipt, undefined)
  const wrong = await run('FINDONE', { table: '../x', query: {} }, 'wrong')
  assert.equal(wrong.receipt!.status, 'refused')
  assert.match(wrong.error!.message, /\.\.\/x/)
})

test('what changes nothing makes no commit, and leaves a receipt', async () => {
  const { run } = database()
  await run('UPSERT', { table: 't', record: { _id: 'a', n: 1 } }, 'e1')
  const again = await run('UPSERT', { table: 't', record: { _id: 'a', n: 1 } }, 'e2')
  assert.equal(again.commit, undefined)
  assert.equal(again.receipt!.status, 'done')
})

test('an event that cannot be hashed makes a task that fails, and nothing throws where the task is made', async () => {
  const { apply, taskOf } = database({ count: () => 1 })
  const levels = 50_000
  const deep = JSON.parse('['.repeat(levels) + ']'.repeat(levels))
  const task = taskOf(event('e1', 'count', { deep }))
  await assert.rejects(async () => await task(await Workspace.open(openMemory(), [branch, receiptsRef])), RangeError)
  assert.equal((await apply(event('e2', 'count'))).result, 1)
})

test('an event with a new id is not looked for when it is evaluated first, and each time after that', async (t) => {
  const { apply } = database({ count: () => 1 })
  const look = t.mock.method(Receipts.prototype, 'find')
  const given = event('made-for-it', 'count')
  noteNew(given)
  const first = await apply(given)
  assert.equal(look.mock.callCount(), 0)
  const again = await apply(given)
  assert.equal(look.mock.callCount(), 1)
  assert.deepEqual([first.duplicate, again.duplicate], [false, true])
  assert.deepEqual(again.receipt, first.receipt)
})

test('an event with a new id that others have applied when its landing was lost gets their receipt', async () => {
  const { repository, apply, taskOf } = database({ count: () => 1 })
  const given = event('made-for-it', 'count')
  noteNew(given)
  const task = taskOf(given)
  await task(await Workspace.open(repository, [branch, receiptsRef]))
  const { receipt } = await apply(structuredClone(given))
  const again = await task(await Workspace.open(repository, [branch, receiptsRef]))
  assert.deepEqual([again.duplicate, again.receipt], [true, receipt])
})

test('what is under way when everything is stopped, and what comes behind it, is given up and leaves nothing, and is done later', async () => {
  const stopping = new AbortController()
  const begun = Promise.withResolvers<void>()
  const tried = Promise.withResolvers<void>()
  const handlers: Record<string, Handler> = {
    endless: async (_event, tx) => {
      await tx.upsert('cups', { _id: 'half' })
      begun.resolve()
      return await new Promise(() => {})
    },
    quick: async () => 1,
    failing: async () => {
      tried.resolve()
      throw new Error('not yet')
    },
  }
  const { repository, apply } = database(handlers, { retries: 1, backOff: 60_000 }, openMemory(), stopping.signal)
  await apply(event('0', 'quick'))
  const left = [apply(event('1', 'endless')), apply(event('2', 'quick'))]
  await begun.promise
  stopping.abort()
  for (const each of left) await assert.rejects(each, { code: 'unavailable', message: /given up/ })
  assert.equal(await recordAt(repository, 'db', 'cups', 'half.json'), undefined)
  for (const id of ['1', '2']) assert.equal(await findReceipt(repository, source, id), undefined)
  assert.equal((await database(handlers, {}, repository).apply(event('2', 'quick'))).receipt?.status, 'done')
  const [again, end] = [new AbortController(), openMemory()]
  const waiting = database(handlers, { retries: 1, backOff: 60_000 }, end, again.signal).apply(event('3', 'failing'))
  await tried.promise
  again.abort()
  await assert.rejects(waiting, /given up/)
})
