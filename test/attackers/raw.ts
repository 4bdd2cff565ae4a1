import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { afterwards } from '../../src/git/testing/afterwards.ts'
import type { Hub } from '../../src/hub/hub.ts'

/** A connection to the hub, made by hand. It is gone when the test ends. */
export async function connectTo(t: TestContext, hub: Pick<Hub, 'address'>): Promise<Socket> {
  const { hostname, port } = new URL(hub.address)
  const socket = connect(Number(port), hostname)
  // That the other side hangs up is what these tests wait for.
  socket.on('error', () => {})
  afterwards(t, async () => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Sends a request as it is written, and gives the whole answer once the hub has hung up. */
export async function sendRaw(t: TestContext, hub: Pick<Hub, 'address'>, text: string): Promise<string> {
  const socket = await connectTo(t, hub)
  const answer = untilClosed(socket)
  socket.write(text)
  return answer
}

/** Everything that comes until the connection is closed. */
export async function untilClosed(socket: Socket): Promise<string> {
  let received = ''
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  if (!socket.closed) await closed
  return received
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
}
