import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { AuditLog } from '../access/audit.ts'
import type { KnownTokens } from '../access/knownTokens.ts'
import { close, createServer, listen } from './server.ts'

test('a server that is closed waits for the answers under way, and for nobody who has asked for nothing', {
  timeout: 20_000,
}, async (t) => {
  const server = createServer({
    tokens: {} as KnownTokens,
    repository: 'octo/shop',
    refuseForeign: () => {},
    connections: 10,
    audit: { refused: () => {} } as unknown as AuditLog,
    log: () => {},
  })
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  server.get('/slow', async () => {
    asked.resolve()
    await answer.promise
    return 'at last'
  })
  const port = Number(new URL(await listen(server, '127.0.0.1', 0)).port)
  const silent = await say(t, port, '')
  const half = await say(t, port, 'GET /slow HTT')
  const slow = await say(t, port, 'GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await asked.promise
  const closed = close(server, 2 ** 30)
  await Promise.all([silent.closed, half.closed])
  answer.resolve()
  await Promise.all([closed, slow.closed])
  assert.match(slow.heard(), /200 OK[\s\S]*at last$/)
})

/** Opens a connection and says that. */
async function say(t: TestContext, port: number, words: string) {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(words)
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text))
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
  return { heard: () => heard, closed }
}
