import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify from 'fastify'
import { Happenings } from '../../happenings.ts'
import { streamRoute } from './stream.ts'

test('a reader that stands still is dropped, and the others hear on', async (t) => {
  const happenings = new Happenings('run', assert.ifError)
  const { open } = await serve(t, happenings)
  const [still, stillOnServer] = await open()
  still.pause()
  const [reader, readerOnServer] = await open()
  let heard = ''
  reader.setEncoding('utf8').on('data', (text) => {
    heard = (heard + text).slice(-1_000)
  })
  for (let told = 0; !stillOnServer.destroyed; told++) {
    assert.ok(told < 100_000, 'a hundred megabytes are waiting')
    happenings.tell({ type: 'pushed', refs: [{ ref: 'x'.repeat(1_000), from: null, to: null }] })
    await nextTurn()
  }
  happenings.tell({ type: 'pushed', refs: [{ ref: 'the last', from: null, to: null }] })
  while (!heard.includes('the last')) await once(reader, 'data')
  assert.ok(!readerOnServer.destroyed)
})

test('a stream that nobody reads ends when the hub stops', { timeout: 20_000 }, async (t) => {
  const happenings = new Happenings('run', assert.ifError)
  const { open, stop } = await serve(t, happenings)
  const [still, stillOnServer] = await open()
  still.pause()
  while (stillOnServer.writableLength < 1 << 18) {
    happenings.tell({ type: 'pushed', refs: [{ ref: 'x'.repeat(10_000), from: null, to: null }] })
    await nextTurn()
  }
  const closed = once(stillOnServer, 'close')
  stop()
  await closed
})

/** `open` gives both ends of a connection whose stream has begun. */
async function serve(t: TestContext, happenings: Happenings) {
  const stopped = new AbortController()
  const server = Fastify()
  streamRoute(server, { happenings, stopped: stopped.signal, mayStill: () => true })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const sockets: Socket[] = []
  t.after(async () => {
    stopped.abort()
    for (const socket of sockets) socket.destroy()
    await server.close()
  })
  const open = async (): Promise<[Socket, Socket]> => {
    const accepted = once(server.server, 'connection')
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.write('GET /repos/octo/shop/stream HTTP/1.1\r\nHost: hub\r\n\r\n')
    await once(socket, 'data')
    return [socket, (await accepted)[0]]
  }
  return { open, stop: () => stopped.abort() }
}
