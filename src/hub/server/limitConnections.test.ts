import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { limitConnections } from './limitConnections.ts'

test('what is still to come of a request that was answered is waited for, but not for ever', {
  timeout: 20_000,
}, async (t) => {
  const server = createServer((_request, response) => response.end('no'))
  const end = limitConnections(server, 10)
  t.after(() => {
    end()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { port } = server.address() as AddressInfo
  const ask = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    t.after(() => socket.destroy())
    const answered = Promise.withResolvers<IncomingMessage>()
    server.once('request', (request, response) => response.once('close', () => answered.resolve(request)))
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nab')
    const [request] = await Promise.all([answered.promise, once(socket, 'data')])
    return { socket, request }
  }
  const [late, never] = [await ask(), await ask()]
  t.mock.timers.tick(4_999)
  assert.ok(!late.request.destroyed && !never.request.destroyed)
  const ended = once(late.request, 'close')
  late.socket.write('cd')
  await ended
  const closed = once(never.socket, 'close')
  t.mock.timers.tick(1)
  await closed
  assert.ok(!late.request.socket.destroyed, 'it may ask for more')
})
