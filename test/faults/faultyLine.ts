import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { afterwards } from '../../src/git/testing/afterwards.ts'

/** What a line does: passes all on; refuses whoever comes and cuts who is there; takes and gives nothing; gives no answers. */
export type LineState = 'sound' | 'cut' | 'hanging' | 'deaf'

export interface FaultyLine {
  /** `host:port`. */
  readonly address: string
  /** From now on. Who was connected stays so unless the line is cut. */
  set(state: LineState): void
}

/** A TCP line to that port on which things go wrong. */
export async function lineTo(t: TestContext, port: number): Promise<FaultyLine> {
  let state: LineState = 'sound'
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(port, '127.0.0.1')
    keep(near)
    keep(far)
    near.on('data', (bytes) => (state === 'hanging' ? undefined : far.write(bytes))).on('close', () => far.destroy())
    far.on('data', (bytes) => (state === 'sound' ? near.write(bytes) : undefined)).on('close', () => near.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  afterwards(t, async () => {
    cut()
    server.close()
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      state = next
      if (next === 'cut') cut()
    },
  }
}
