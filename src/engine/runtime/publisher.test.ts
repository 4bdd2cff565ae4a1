import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../events/message.ts'
import { createMemoryStore } from '../storage/store.ts'
import { systemClock } from './clock.ts'
import { publisherTo } from './publisher.ts'
import { Runtime } from './runtime.ts'

const message: Message = {
  name: 'RESTOCKED',
  correlationKey: 'cup',
  variables: { level: 3 },
  timeToLive: 60_000,
  messageId: 'm-0',
}

test('a message is taken once: the second time the engine has it, which is as good', async (t) => {
  const { runtime, publisher } = await open(t)
  await publisher.publish(message)
  await publisher.publish(message)
  await assert.rejects(runtime.execute({ type: 'PublishMessage', ...message }), /already published/)
})

test('variables that the engine will never take are refused for good', async (t) => {
  const { publisher } = await open(t)
  const deep = JSON.parse(`${'{"a":'.repeat(1_100)}1${'}'.repeat(1_100)}`)
  await assert.rejects(publisher.publish({ ...message, variables: deep }), {
    code: 'invalid',
    message: /nested deeper/,
  })
})

test('variables arrive as they would over the wire', async (t) => {
  const { runtime, publisher } = await open(t)
  const variables = { text: 'it\'s "so"', list: [1.5, null, { deep: [true] }], big: 1e21 }
  await publisher.publish({ ...message, variables })
  const rounded = { list: [{ amount: 2 ** 60 }] }
  await assert.rejects(publisher.publish({ ...message, messageId: 'm-1', variables: rounded }), {
    code: 'invalid',
    message: /the number 1152921504606847000 of 'amount' would be kept as 1152921504606847000; send it as a string/,
  })
  assert.equal(runtime.load.bufferedMessages, 1)
})

test('an engine that is stopping may be asked again', async (t) => {
  const { runtime, publisher } = await open(t)
  await runtime.close()
  await assert.rejects(publisher.publish(message), { code: 'unavailable' })
})

async function open(t: { after(action: () => Promise<void>): void }) {
  const runtime = await Runtime.open({
    store: createMemoryStore(),
    clock: systemClock,
    newEngineId: () => 'engine',
    onFault: () => {},
  })
  t.after(() => runtime.close())
  return { runtime, publisher: publisherTo(runtime) }
}
