import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { codeOf, messageOf } from '../errors.ts'
import { dispatch } from './dispatch.ts'

const token = 'ghs_secretSECRETsecret'

test('a dispatch is posted as GitHub takes it', async (t) => {
  const { baseUrl, requests } = await startServer(t, (response) => response.writeHead(204).end())
  await dispatch({ repository: 'acme/shop', token, baseUrl }, { eventType: 'restock_item', payload: { _id: 'a' } })
  assert.equal(requests.length, 1)
  const [request] = requests
  assert.equal(request!.line, 'POST /repos/acme/shop/dispatches')
  assert.equal(request!.authorization, `token ${token}`)
  assert.deepEqual(JSON.parse(request!.body), { event_type: 'restock_item', client_payload: { _id: 'a' } })
})

for (const { status, headers = {}, code } of [
  { status: 401, code: 'unauthorized' },
  { status: 403, code: 'unauthorized' },
  { status: 403, headers: { 'x-ratelimit-remaining': '0' }, code: 'unavailable' },
  { status: 404, code: 'not_found' },
  { status: 409, code: 'conflict' },
  { status: 422, code: 'invalid' },
  { status: 429, headers: { 'retry-after': '1' }, code: 'unavailable' },
  { status: 503, code: 'unavailable' },
]) {
  test(`an answer ${status}${Object.keys(headers).length > 0 ? ' of a rate limit' : ''} is '${code}', in the server's words, without the token`, async (t) => {
    const { baseUrl } = await startServer(t, (response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end('{"message":"Words of the server"}')
    })
    await assert.rejects(
      dispatch({ repository: 'acme/shop', token, baseUrl }, { eventType: 'x', payload: {} }),
      (error) => {
        assert.equal(codeOf(error), code)
        assert.match(messageOf(error), new RegExp(`${status}.*Words of the server`))
        assert.doesNotMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), new RegExp(token))
        return true
      },
    )
  })
}

test('a server that is not there is unavailable', async (t) => {
  const { baseUrl, close } = await startServer(t, () => {})
  await close()
  await assert.rejects(dispatch({ repository: 'acme/shop', token, baseUrl }, { eventType: 'x', payload: {} }), {
    code: 'unavailable',
  })
})

test('a repository without an owner is invalid', async () => {
  await assert.rejects(dispatch({ repository: 'shop', token }, { eventType: 'x', payload: {} }), /owner\/name/)
})

async function startServer(t: TestContext, answer: (response: ServerResponse) => void) {
  const requests: { line: string; authorization?: string; body: string }[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    requests.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body })
    answer(response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const close = () => new Promise<void>((closed) => void server.close(() => closed()))
  t.after(close)
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
