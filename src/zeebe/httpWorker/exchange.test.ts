import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { exchange, type HttpRequest } from './exchange.ts'
import { JobProblem } from './plan.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

function send(url: URL, parts: Partial<HttpRequest> = {}, signal = new AbortController().signal) {
  return exchange({ method: 'GET', headers: {}, timeout: 5_000, ...parts, url }, fetch, signal)
}

test('a request goes out as it is, and its answer comes back', async (t) => {
  const url = await serve(t, async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.writeHead(201, { 'x-one': '1' }).end(JSON.stringify([request.method, request.headers['x-two'], body]))
  })
  const answer = await send(url, { method: 'POST', headers: { 'x-two': '2' }, body: 'é' })
  assert.deepEqual(
    [answer.status, answer.reason, answer.headers['x-one'], answer.text],
    [201, 'Created', '1', '["POST","2","é"]'],
  )
})

test('a redirect is an answer, not followed', async (t) => {
  const url = await serve(t, (request, response) => {
    assert.equal(request.url, '/')
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  assert.equal((await send(url)).status, 302)
})

test('GET has no body', async (t) => {
  const url = await serve(t, (request, response) => response.end(request.headers['content-length'] ?? 'none'))
  assert.equal((await send(url, { body: '{}' })).text, 'none')
})

test('a target that is not there, one that is too late, and one that says too much are told apart', async (t) => {
  const silent = await serve(t, () => {})
  const slow = await serve(t, (_, response) => response.write('a'))
  const loud = await serve(t, (_, response) => response.end('x'.repeat(1024 * 1024 + 1)))
  await assert.rejects(send(new URL('http://127.0.0.1:1/')), {
    kind: 'network',
    message: /127\.0\.0\.1:1 cannot be reached: .*bad port|ECONNREFUSED/,
  })
  await assert.rejects(send(silent, { timeout: 50 }), { kind: 'timeout', message: /within 50 ms/ })
  await assert.rejects(send(slow, { timeout: 50 }), { kind: 'timeout' })
  await assert.rejects(send(loud), { kind: 'too_large', message: /larger than 1048576 bytes/ })
})

test('a connection that breaks is the network’s fault', async (t) => {
  const url = await serve(t, (request) => request.socket.destroy())
  await assert.rejects(send(url), { kind: 'network' })
})

test('what cannot be sent at all is a problem of the job', async (t) => {
  const url = await serve(t, (_, response) => response.end())
  await assert.rejects(send(url, { headers: { a: 'x\ny' } }), JobProblem)
  await assert.rejects(send(url, { method: 'NO GOOD' }), JobProblem)
})

test('an answer is read by its charset, without its byte order mark', async (t) => {
  const answers: [type: string, bytes: Buffer, text: string][] = [
    ['text/plain; charset=iso-8859-1', Buffer.from('äö', 'latin1'), 'äö'],
    ['text/plain; charset="utf-8"', Buffer.from('äö'), 'äö'],
    ['text/plain; charset=none-such', Buffer.from('äö'), 'äö'],
    ['application/json', Buffer.from('\ufeff{"a":1}'), '{"a":1}'],
  ]
  for (const [type, bytes, text] of answers) {
    const url = await serve(t, (_, response) => response.setHeader('content-type', type).end(bytes))
    assert.equal((await send(url)).text, text)
  }
})
