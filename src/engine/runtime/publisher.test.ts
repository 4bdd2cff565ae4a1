import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../events/messages/message.ts'
import { asDocument } from '../gateway/document.ts'
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
  for (const levels of [1_100, 20_000]) {
    const deep = JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
    await assert.rejects(publisher.publish({ ...message, variables: deep }), {
      code: 'invalid',
      message: /nested deeper/,
    })
  }
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

test('variables without an object at their root are refused for good; nothing and null are none', async (t) => {
  const { runtime, publisher } = await open(t)
  const publish = (variables: unknown, messageId: string) =>
    publisher.publish({ ...message, messageId, variables: variables as Message['variables'] })
  for (const [index, variables] of [[1, 2], 'text', 5, true, new Date(0)].entries())
    await assert.rejects(publish(variables, `bad-${index}`), { code: 'invalid' }, `${variables}`)
  assert.equal(runtime.load.bufferedMessages, 0)
  await publish(null, 'null')
  await publish(undefined, 'nothing')
  await publish({ nothing: undefined, date: new Date(0), list: [undefined] }, 'odd')
  assert.equal(runtime.load.bufferedMessages, 3)
})

test('what is no JSON within variables becomes what its text says', () => {
  const given = { nothing: undefined, date: new Date(0), list: [undefined, () => 1] }
  const taken = { date: '1970-01-01T00:00:00.000Z', list: [null, null] }
  assert.deepEqual(asDocument(given), taken)
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
