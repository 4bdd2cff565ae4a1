import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { afterwards } from '../../src/git/testing/afterwards.ts'

/** What becomes of a request instead of being answered as it should. */
export type RequestFault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Nothing comes back. */
  | { readonly kind: 'hang' }
  /** The server gets half of the body, then the line is cut on both sides. */
  | { readonly kind: 'cut' }
  /** The server gets and does all of it, and the line is cut before its answer. */
  | { readonly kind: 'lost answer' }

export interface FaultyProxy {
  readonly url: string
  /** What was asked for so far: method and path, and what became of it where that was a fault. */
  readonly requests: readonly string[]
}

/** Stands before an HTTP server and passes requests on, but for those that get a fault. */
export async function proxyTo(
  t: TestContext,
  target: string,
  faultOf: (request: string, place: number) => RequestFault | undefined,
): Promise<FaultyProxy> {
  const requests: string[] = []
  const server = createServer((incoming, response) => {
    const line = `${incoming.method} ${incoming.url}`
    const fault = faultOf(line, requests.length)
    requests.push(fault ? `${line} (${fault.kind})` : line)
    answer(new URL(incoming.url!, target), incoming, response, fault).catch(() => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterwards(t, async () => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

async function answer(
  url: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
  fault?: RequestFault,
): Promise<void> {
  if (fault?.kind === 'hang') return
  const body = await buffer(incoming)
  if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end('not now')
  const { method, headers } = incoming
  const outgoing = request(url, { method: method!, headers: { ...headers, host: url.host } })
  outgoing.on('error', () => response.destroy())
  if (fault?.kind === 'cut') {
    outgoing.flushHeaders()
    outgoing.write(body.subarray(0, body.length / 2), () => {
      outgoing.destroy()
      response.destroy()
    })
    return
  }
  outgoing.on('response', async (reply) => {
    const bytes = await buffer(reply)
    if (fault?.kind === 'lost answer') return void response.destroy()
    response.writeHead(reply.statusCode!, reply.headers).end(bytes)
  })
  outgoing.end(body)
}
