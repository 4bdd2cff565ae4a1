import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '../../database/receipts/receipt.ts'
import { CommitbaseError } from '../../errors.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { Message } from './message.ts'

function receipt(seq: number, correlationid: string, messages: Partial<Message>[]): Receipt {
  const event = { id: `e${seq}`, source: 's', type: 't', time: new Date(0).toISOString(), correlationid }
  const full = messages.map((message, index) => ({
    name: 'M',
    correlationKey: 'k',
    variables: {},
    timeToLive: 1_000,
    messageId: `e${seq}-${index}`,
    ...message,
  }))
  return { seq, event, digest: '', status: 'done', messages: full, time: new Date(0).toISOString() }
}

/** An engine that answers each call as the script says, and remembers what it was sent. */
function engine(script: (message: Message, call: number) => void) {
  const sent: string[] = []
  const deliveries: Delivery[] = []
  const publisher = {
    async publish(message: Message) {
      sent.push(message.messageId)
      script(message, sent.length)
    },
  }
  return {
    sent,
    deliveries,
    options: { publisher, clock: () => 0, onDelivery: (delivery: Delivery) => void deliveries.push(delivery) },
  }
}

test('the messages of one correlation id leave one after the other, in the order of seq', async () => {
  const { sent, options } = engine(() => {})
  await deliver([receipt(1, 'a', [{}, {}]), receipt(2, 'b', [{}]), receipt(3, 'a', [{}])], options)
  assert.deepEqual(
    sent.filter((id) => id !== 'e2-0'),
    ['e1-0', 'e1-1', 'e3-0'],
  )
  assert.equal(sent.length, 4)
})

test('a message is sent again while the engine is away, and those behind it wait', async () => {
  const { sent, options } = engine((_message, call) => {
    if (call < 3) throw new CommitbaseError('unavailable', 'away')
  })
  await deliver([receipt(1, 'a', [{}]), receipt(2, 'a', [{}])], options)
  assert.deepEqual(sent, ['e1-0', 'e1-0', 'e1-0', 'e2-0'])
})

test('what the engine refuses for good is dead with its words, and those behind it go on', async () => {
  const { sent, deliveries, options } = engine((message) => {
    if (message.messageId === 'e1-0') throw new CommitbaseError('invalid', 'no such thing')
  })
  await deliver([receipt(1, 'a', [{}]), receipt(2, 'a', [{}])], options)
  assert.deepEqual(sent, ['e1-0', 'e2-0'])
  assert.deepEqual(
    deliveries.map(({ status }) => status),
    ['dead', 'taken'],
  )
  assert.equal((deliveries[0] as { reason: string }).reason, 'no such thing')
})

test('what was not taken within its time to live is dead', async () => {
  const { deliveries, options } = engine(() => {})
  await deliver([receipt(1, 'a', [{ timeToLive: 10 }])], { ...options, clock: () => 11 })
  assert.deepEqual(
    deliveries.map(({ status }) => status),
    ['dead'],
  )
})

test('a message without time to live is tried once, however late', async () => {
  const { deliveries, options } = engine(() => {})
  await deliver([receipt(1, 'a', [{ timeToLive: 0 }])], { ...options, clock: () => 11 })
  assert.deepEqual(
    deliveries.map(({ status }) => status),
    ['taken'],
  )
})

test('with its attempts used up it rejects, and the other correlation ids were served', async () => {
  const { sent, options } = engine((message) => {
    if (message.messageId === 'e1-0') throw new CommitbaseError('unavailable', 'away')
  })
  await assert.rejects(deliver([receipt(1, 'a', [{}]), receipt(2, 'b', [{}])], { ...options, attempts: 2 }), {
    code: 'unavailable',
  })
  assert.deepEqual(sent.sort(), ['e1-0', 'e1-0', 'e2-0'])
})
