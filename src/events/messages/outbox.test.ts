import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldReceipts } from '../../database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../database/receipts/receipt.ts'
import { CommitbaseError } from '../../errors.ts'
import { openMemory } from '../../git/memory.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import { applyEvent } from '../applyEvent.ts'
import { readCursor } from './cursor.ts'
import type { Message, Publisher } from './message.ts'
import { Outbox } from './outbox.ts'

const clock = () => Date.parse('2026-01-01T00:00:00Z')

function openWriter(repository: Repository): Writer {
  const fold = foldReceipts({ name: 'Test', email: 'test@example.net' }, clock)
  return new Writer({ repository, refs: ['refs/heads/main', receiptsRef], fold })
}

/** Applies `count` events that each owe one message. */
async function owe(
  writer: Writer,
  count: number,
  first = 1,
  { correlationid = 'c', ...draft }: { timeToLive?: number; correlationid?: string } = {},
): Promise<void> {
  const run = (event: { data: { n: number } }, tx: { publish(draft: object): void }) =>
    tx.publish({ name: 'M', correlationKey: 'k', variables: { n: event.data.n }, ...draft })
  const settings = { deadline: 1_000, retries: 0, backOff: 0 }
  const handlers = { path: '', id: '', handlers: new Map([['send', { run: run as never, settings }]]) }
  const context = { branch: 'refs/heads/main', basedir: 'db', handlers, clock, newId: () => 'x' }
  const numbers = Array.from({ length: count }, (_, index) => first + index)
  const events = numbers.map((n) => ({
    id: `e${n}`,
    source: 's',
    type: 'send',
    time: '',
    data: { n },
    correlationid,
  }))
  await Promise.all(events.map((event) => writer.submit(applyEvent({ event }, context))))
}

function collector(refuse: (message: Message) => void = () => {}): Publisher & { readonly taken: number[] } {
  const taken: number[] = []
  return {
    taken,
    async publish(message) {
      refuse(message)
      taken.push(message.variables.n as number)
    },
  }
}

test('it reads on from its cursor, in order, over more than a page, and an outbox after it begins where it ended', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  await owe(writer, 230)
  const publisher = collector()
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher, clock })
  outbox.wake()
  await outbox.idle()
  assert.deepEqual(
    publisher.taken,
    Array.from({ length: 230 }, (_, index) => index + 1),
  )
  assert.equal((await readCursor(repository, 'hub')).seq, 230)
  await outbox.stop()

  await owe(writer, 3, 231)
  const later = collector()
  const next = new Outbox({ repository, writer, consumer: 'hub', publisher: later, clock })
  next.wake()
  await next.idle()
  assert.deepEqual(later.taken, [231, 232, 233])
  await next.stop()
})

test('the cursor moves now and then while messages flow, not once a message', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const repository = openMemory()
  const writer = openWriter(repository)
  const flow = openFlow(repository, writer)
  for (const n of [1, 2, 3]) {
    await owe(writer, 1, n)
    await flow.next()
    assert.equal((await readCursor(repository, 'hub')).seq, 0)
  }
  await turn()
  t.mock.timers.tick(100)
  await landed(writer)
  assert.equal((await readCursor(repository, 'hub')).seq, 3)
  await flow.outbox.stop()
})

test('the cursor moves at once behind a message that the engine soon forgets: it would be taken twice', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  const flow = openFlow(repository, writer)
  await owe(writer, 1, 1, { timeToLive: 0 })
  await flow.next()
  await landed(writer)
  assert.equal((await readCursor(repository, 'hub')).seq, 1)
  await flow.outbox.stop()
})

/** Resolves when nothing is left to run before the next input or timer. */
function turn(): Promise<void> {
  return new Promise(setImmediate)
}

/** Resolves when what this turn brings to the writer has landed. */
async function landed(writer: Writer): Promise<void> {
  await turn()
  await writer.exclusively(async () => {})
}

/** An outbox that is woken and, by `next`, waited for until one more message was taken. */
function openFlow(repository: Repository, writer: Writer) {
  let taken = Promise.withResolvers<void>()
  const onDelivery = () => taken.resolve()
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher: collector(), clock, onDelivery })
  const next = async () => {
    outbox.wake()
    await taken.promise
    taken = Promise.withResolvers()
  }
  return { outbox, next }
}

test('a stop while the engine is away leaves what is owed to the next one', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  await owe(writer, 1)
  const { promise: tried, resolve } = Promise.withResolvers<void>()
  const away = collector(() => {
    resolve()
    throw new CommitbaseError('unavailable', 'away')
  })
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher: away, clock })
  outbox.wake()
  await tried
  await outbox.stop()
  assert.equal((await readCursor(repository, 'hub')).seq, 0)
  const back = collector()
  const next = new Outbox({ repository, writer, consumer: 'hub', publisher: back, clock })
  next.wake()
  await next.idle()
  assert.deepEqual(back.taken, [1])
  await next.stop()
})

test('a message that the engine refuses for good is put among the dead letters, and those behind it go on', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  await owe(writer, 2)
  const publisher = collector((message) => {
    if (message.variables.n === 1) throw new CommitbaseError('invalid', 'the engine says no')
  })
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher, clock })
  outbox.wake()
  await outbox.idle()
  await outbox.stop()
  assert.deepEqual(publisher.taken, [2])
  const workspace = await Workspace.open(repository, [receiptsRef])
  const [letter] = await workspace.tree(receiptsRef).list(['dead'])
  const { reason, message } = JSON.parse(
    (await workspace.tree(receiptsRef).read(['dead', letter![0]]))!.toString('utf8'),
  )
  assert.equal(reason, 'the engine says no')
  assert.equal(message.variables.n, 1)
})

test('a stop waits for an engine that does not answer only so long, and what is owed stays owed', {
  timeout: 20_000,
}, async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  await owe(writer, 1)
  const asked = Promise.withResolvers<void>()
  const publish = () => {
    asked.resolve()
    return new Promise<never>(() => {})
  }
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher: { publish }, clock })
  outbox.wake()
  await asked.promise
  await outbox.stop(1)
  assert.equal((await readCursor(repository, 'hub')).seq, 0)
  const publisher = collector()
  const next = new Outbox({ repository, writer, consumer: 'hub', publisher, clock })
  next.wake()
  await next.idle()
  assert.deepEqual(publisher.taken, [1])
})

test('a message that the engine is slow to take holds up those of its correlation id alone, and the cursor', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  const slow = Promise.withResolvers<void>()
  const taken: number[] = []
  const seen = new Map([1, 2, 3].map((n) => [n, Promise.withResolvers<void>()]))
  const publisher: Publisher = {
    async publish({ variables }) {
      const n = variables.n as number
      if (n === 1) await slow.promise
      taken.push(n)
      seen.get(n)!.resolve()
    },
  }
  const outbox = new Outbox({ repository, writer, consumer: 'hub', publisher, clock })
  await owe(writer, 1, 1)
  outbox.wake()
  await owe(writer, 1, 2)
  await owe(writer, 1, 3, { correlationid: 'other', timeToLive: 0 })
  outbox.wake()
  await seen.get(3)!.promise
  await landed(writer)
  assert.deepEqual(taken, [3])
  assert.equal((await readCursor(repository, 'hub')).seq, 0)
  slow.resolve()
  await outbox.idle()
  assert.deepEqual(taken, [3, 1, 2])
  assert.equal((await readCursor(repository, 'hub')).seq, 3)
  await outbox.stop()
})

test('after a message could not be sent, none of its correlation id is, and all from there on are sent again', async () => {
  const repository = openMemory()
  const writer = openWriter(repository)
  await owe(writer, 2, 1)
  await owe(writer, 1, 3, { correlationid: 'other' })
  let isFull = true
  const closed = { submit: () => Promise.reject(new CommitbaseError('unavailable', 'the disk is full')) }
  const errors: unknown[] = []
  const publisher = collector(({ variables }) => {
    if (variables.n === 1 && isFull) throw new CommitbaseError('invalid', 'no')
  })
  const options = { repository, consumer: 'hub', publisher, clock, onError: (error: unknown) => errors.push(error) }
  const outbox = new Outbox({ ...options, writer: closed as never })
  outbox.wake()
  await outbox.idle()
  assert.deepEqual(publisher.taken, [3])
  assert.match(String(errors[0]), /the disk is full/)
  isFull = false
  outbox.wake()
  await outbox.idle()
  assert.deepEqual(
    publisher.taken.filter((n) => n < 3),
    [1, 2],
  )
  assert.equal(publisher.taken.filter((n) => n === 3).length, 2)
  await outbox.stop()
})
