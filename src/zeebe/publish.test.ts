import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { Message } from '../events/messages/message.ts'
import { connect } from './connect.ts'
import { publisherTo } from './publish.ts'
import { startGateway } from './testing/gateway.ts'

const message: Message = {
  name: 'RESTOCKED',
  correlationKey: 'sku-1',
  variables: { n: 1 },
  timeToLive: 3_600_000,
  messageId: 'abc-0',
}

async function publisherWhoseEngine(t: TestContext, answers: (request: Record<string, unknown>) => object) {
  const address = await startGateway(t, { PublishMessage: ({ request }) => answers(request) })
  const engine = connect({ address })
  t.after(() => engine.close())
  return publisherTo(engine)
}

function refusing(code: status, details = 'no') {
  return () => {
    throw { code, details }
  }
}

test('a message arrives as it is', async (t) => {
  let seen: Record<string, unknown> = {}
  const publisher = await publisherWhoseEngine(t, (request) => {
    seen = request
    return { key: 1 }
  })
  await publisher.publish(message)
  assert.deepEqual(
    { ...seen },
    {
      name: 'RESTOCKED',
      correlationKey: 'sku-1',
      timeToLive: '3600000',
      messageId: 'abc-0',
      variables: '{"n":1}',
      tenantId: '',
    },
  )
})

test('a message that the engine has already is published', async (t) => {
  const publisher = await publisherWhoseEngine(t, refusing(status.ALREADY_EXISTS))
  await publisher.publish(message)
})

test('what may pass is unavailable, what the engine will never take is invalid, wrong credentials are unauthorized', async (t) => {
  const expected: [status, string][] = [
    [status.UNAVAILABLE, 'unavailable'],
    [status.DEADLINE_EXCEEDED, 'unavailable'],
    [status.RESOURCE_EXHAUSTED, 'unavailable'],
    [status.INTERNAL, 'unavailable'],
    [status.UNKNOWN, 'unavailable'],
    [status.INVALID_ARGUMENT, 'invalid'],
    [status.FAILED_PRECONDITION, 'invalid'],
    [status.UNIMPLEMENTED, 'invalid'],
    [status.UNAUTHENTICATED, 'unauthorized'],
    [status.PERMISSION_DENIED, 'unauthorized'],
  ]
  for (const [code, name] of expected) {
    const publisher = await publisherWhoseEngine(t, refusing(code, 'the words of the engine'))
    await assert.rejects(publisher.publish(message), { code: name, message: /the words of the engine/ }, status[code])
  }
})

test('variables that no engine takes are refused with their size, before they are sent', async (t) => {
  const publisher = await publisherWhoseEngine(t, () => assert.fail('it was sent'))
  const large = { ...message, variables: { text: 'x'.repeat(5 * 1024 * 1024) } }
  await assert.rejects(publisher.publish(large), {
    code: 'invalid',
    message: /RESTOCKED \(abc-0\) are 52428\d\d bytes/,
  })
})
