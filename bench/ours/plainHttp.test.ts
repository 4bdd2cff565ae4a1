import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { PlainHttp } from './plainHttp.ts'

test('each post is answered with its status, more of them at once than connections', async (t) => {
  const seen = new Set<string>()
  const http = await start(t, async (request) => {
    const body = await text(request)
    seen.add(`${request.method} ${request.url} ${request.headers.authorization} ${body}`)
    return body.includes('ö7') ? 422 : 204
  })
  const statuses = await Promise.all(
    Array.from({ length: 600 }, (_, number) => http.post(JSON.stringify(`ö${number}`))),
  )
  assert.equal(seen.size, 600)
  assert.ok(seen.has('POST /dispatches Bearer secret "ö12"'))
  assert.equal(statuses[7], 422)
  assert.equal(statuses[600 - 1], 204)
})

test('one post after the other goes over one connection', async (t) => {
  const sockets = new Set<unknown>()
  const http = await start(t, async (request) => {
    sockets.add(request.socket)
    return 204
  })
  for (let number = 0; number < 300; number++) assert.equal(await http.post('{}'), 204)
  assert.equal(sockets.size, 1)
})

test('a post whose connection is closed fails', async (t) => {
  const http = await start(t, async (request) => {
    request.socket.destroy()
    return 204
  })
  await assert.rejects(http.post('{}'), /connection/)
})

async function start(t: TestContext, answer: (request: IncomingMessage) => Promise<number>): Promise<PlainHttp> {
  const server = createServer(async (request, response) => {
    response.writeHead(await answer(request)).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const http = new PlainHttp({ address: `http://127.0.0.1:${port}`, path: '/dispatches', token: 'secret' })
  t.after(() => {
    http.close()
    server.closeAllConnections()
    server.close()
  })
  return http
}
