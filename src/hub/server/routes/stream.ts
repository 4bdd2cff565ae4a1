import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Happening } from '../../happening.ts'
import type { Happenings } from '../../happenings.ts'
import { Refusal } from '../../refusal.ts'

export interface StreamOptions {
  readonly happenings: Happenings
  /** Ends all streams. */
  readonly stopped: AbortSignal
  /** Whether the token of an open stream is still good. */
  readonly mayStill: (request: FastifyRequest) => boolean
}

/**
 * `GET /repos/{owner}/{repo}/stream`: what happens in the hub as server-sent events (WHATWG HTML §9.2), the happening's type
 * as the event's name. `Last-Event-ID` goes on where a reader stopped. One who does not keep up is dropped.
 */
export function streamRoute(server: FastifyInstance, { happenings, stopped, mayStill }: StreamOptions): void {
  const readers = new Set<ServerResponse>()
  const options = { config: { scope: 'read' }, exposeHeadRoute: false } as const
  server.get('/repos/:owner/:repo/stream', options, (request, reply) => {
    if (readers.size >= mostReaders || stopped.aborted) throw full
    reply.hijack()
    const response = reply.raw
    readers.add(response)
    const last = request.headers['last-event-id']
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': commitbase\n\n')
    for (const { id, happening } of happenings.after(String(last ?? ''))) send(response, happening, id)
    const silence = happenings.on((happening, id) => send(response, happening, id))
    let timer: NodeJS.Timeout | undefined
    const end = () => {
      response.end()
      timer ??= setTimeout(() => response.destroy(), lastMoment)
    }
    const beat = () => (mayStill(request) ? sendText(response, ': still here\n\n') : end())
    const heartbeat = setInterval(beat, heartbeatInterval)
    stopped.addEventListener('abort', end)
    response.once('close', () => {
      silence()
      clearInterval(heartbeat)
      clearTimeout(timer)
      stopped.removeEventListener('abort', end)
      readers.delete(response)
    })
  })
}

/** Milliseconds in which a reader may take what is left when its stream ends. */
const lastMoment = 1_000
const mostReaders = 100
/** Bytes that wait for a reader before it is dropped. */
const mostWaiting = 1 << 20
/** Milliseconds; a reader whose token was revoked hears no longer than that. */
const heartbeatInterval = 15_000

const full = new Refusal(503, `${mostReaders} streams are open already; try again later`, {
  headers: { 'retry-after': '10' },
})

function send(response: ServerResponse, happening: Happening, id: string): void {
  sendText(response, `id: ${id}\nevent: ${happening.type}\ndata: ${JSON.stringify(happening)}\n\n`)
}

function sendText(response: ServerResponse, text: string): void {
  if (response.writableLength > mostWaiting) response.destroy()
  else if (!response.writableEnded) response.write(text)
}
