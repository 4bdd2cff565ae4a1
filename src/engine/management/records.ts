import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { CommitbaseError } from '../../errors.ts'
import type { RecordLine } from '../records/record.ts'
import type { Context } from './context.ts'

interface Query {
  Querystring: { from?: string; follow?: string }
}

/**
 * The engine's records as lines of JSON, in the form of Zeebe's exports: those that are kept from the position `from` on
 * (default: all), then each as soon as it is durable, unless `follow=false`. A reader who is too slow for what is kept is cut off.
 */
export function records(app: FastifyInstance, { engine }: Context): void {
  app.get<Query>('/records', async (request, reply) => {
    const { from, follow } = request.query
    const leaving = new AbortController()
    reply.raw.once('close', () => leaving.abort())
    const lines = engine.records.read({
      ...(from !== undefined && { from: positionFrom(from) }),
      follow: followFrom(follow),
      signal: leaving.signal,
    })
    reply.hijack()
    await send(reply.raw, lines, leaving.signal)
  })
}

async function send(response: ServerResponse, lines: AsyncIterable<RecordLine>, signal: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  try {
    // Reading begins before the reader is told that it has: what it asks for next is in.
    const reading = lines[Symbol.asyncIterator]()
    let next = reading.next()
    response.flushHeaders()
    for (let line = await next; !line.done; line = await next) {
      if (!response.write(`${line.value.json}\n`)) await once(response, 'drain', { signal })
      next = reading.next()
    }
    response.end()
  } catch {
    response.destroy()
  }
}

function positionFrom(text: string): number {
  const position = Number(text)
  if (Number.isSafeInteger(position) && position >= 1) return position
  throw new CommitbaseError('invalid', `'from' must be a record's position, from 1; got '${text}'`)
}

function followFrom(text = 'true'): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new CommitbaseError('invalid', `'follow' must be true or false; got '${text}'`)
}
