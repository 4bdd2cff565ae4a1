import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import type { CommitbaseError } from '../errors.ts'
import { call } from './call.ts'
import { connect } from './connect.ts'
import { startGateway } from './testing/gateway.ts'
import { topology } from './topology.ts'

function withEnvironment(t: TestContext, env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name]
    process.env[name] = value
    t.after(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}

test('what zeebe-node finds in the environment neither redirects a client with an address nor gets its credentials sent there', async (t) => {
  const seen: unknown[] = []
  const address = await startGateway(t, {
    Topology: ({ metadata }) => {
      seen.push(metadata.get('authorization'))
      return { gatewayVersion: '8.6.0' }
    },
  })
  withEnvironment(t, {
    ZEEBE_ADDRESS: '127.0.0.1:1',
    ZEEBE_GATEWAY_ADDRESS: '127.0.0.1:1',
    ZEEBE_CLIENT_ID: 'ambient',
    ZEEBE_CLIENT_SECRET: 'ambient',
    ZEEBE_TOKEN_AUDIENCE: 'ambient',
    ZEEBE_AUTHORIZATION_SERVER_URL: 'http://127.0.0.1:1/token',
    ZEEBE_BASIC_AUTH_USERNAME: 'ambient',
    ZEEBE_BASIC_AUTH_PASSWORD: 'ambient',
    ZEEBE_SECURE_CONNECTION: 'true',
    ZEEBE_NODE_LOG_LEVEL: 'DEBUG',
    ZEEBE_CLIENT_RETRY: 'true',
  })
  const printed = t.mock.method(process.stdout, 'write')
  const engine = connect({ address })
  t.after(() => engine.close())
  assert.deepEqual(await topology(engine), { gatewayVersion: '8.6.0' })
  assert.deepEqual(seen, [[]])
  assert.equal(
    printed.mock.calls.some(
      ({ arguments: [text] }) => String(text).includes('grpc') || String(text).includes('ZBClient'),
    ),
    false,
  )
})

test('an engine that is not there is unavailable, and nothing waits for it', async (t) => {
  const engine = connect({ address: '127.0.0.1:1' })
  t.after(() => engine.close())
  await assert.rejects(topology(engine), { code: 'unavailable', message: /127\.0\.0\.1:1 .*ECONNREFUSED/ })
})

test('an engine that never answers is unavailable after the timeout', async (t) => {
  const address = await startGateway(t, { Topology: () => new Promise(() => {}) })
  const engine = connect({ address })
  t.after(() => engine.close())
  await assert.rejects(call(engine, 'topologySync', {}, 100), {
    code: 'unavailable',
    message: /no answer within 100 ms/,
  })
})

test('a closed client refuses at once', async () => {
  const engine = connect({ address: '127.0.0.1:1' })
  await engine.close()
  await assert.rejects(topology(engine), { code: 'unavailable', message: /was closed/ })
})

test('a token is fetched once and sent with every call', async (t) => {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    for await (const chunk of request) asked.push(String(chunk))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"t0ken","expires_in":3600}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const seen: unknown[] = []
  const address = await startGateway(t, {
    Topology: ({ metadata }) => {
      seen.push(...metadata.get('authorization'))
      return {}
    },
  })
  const authorizationServerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const engine = connect({
    address,
    oauth: { clientId: 'me', clientSecret: 'my secret', authorizationServerUrl, audience: 'zeebe' },
  })
  t.after(() => engine.close())
  await topology(engine)
  await topology(engine)
  assert.deepEqual(seen, ['Bearer t0ken', 'Bearer t0ken'])
  assert.equal(asked.length, 1)
  assert.equal(new URLSearchParams(asked[0]).get('audience'), 'zeebe')
})

test('a token endpoint that refuses is unauthorized, and the error does not carry the client secret', async (t) => {
  const server = createServer((_, response) => response.writeHead(401).end('no'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const authorizationServerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const engine = connect({
    address: '127.0.0.1:1',
    oauth: { clientId: 'me', clientSecret: 'hush-hush', authorizationServerUrl },
  })
  t.after(() => engine.close())
  const error = await topology(engine).then(
    () => undefined,
    (error: CommitbaseError) => error,
  )
  assert.equal(error?.code, 'unauthorized')
  assert.doesNotMatch(inspect(error, { depth: 20 }), /hush-hush/)
})
