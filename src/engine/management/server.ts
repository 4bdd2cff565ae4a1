import type { FastifyError } from 'fastify'
import { codeOf, messageOf } from '../../errors.ts'
import { createHttp, type HttpServer, listen, statusOfCode } from '../httpServer.ts'
import { clock } from './clock.ts'
import type { Context } from './context.ts'
import { health } from './health.ts'
import { metrics } from './metrics.ts'
import { records } from './records.ts'

export interface ManagementOptions {
  /** Default 127.0.0.1: nobody is asked for credentials. */
  readonly host?: string
  /** Default 9600, as Zeebe's; 0: any free port. */
  readonly port?: number
}

const door = { name: "the engine's management", option: '--management-port' }

/** Health, clock, records and metrics of an engine, over HTTP. Throws `unavailable` where the port is taken. */
export function startManagement(
  { host = '127.0.0.1', port = 9600 }: ManagementOptions,
  context: Context,
): Promise<HttpServer> {
  const app = createHttp({ host, port }, door)
  app.setErrorHandler<FastifyError>((error, _request, reply) =>
    reply.code(statusOf(error)).send({ error: messageOf(error) }),
  )
  for (const route of [health, clock, records, metrics]) route(app, context)
  return listen(app, { host, port }, door)
}

function statusOf(error: FastifyError): number {
  if (error.statusCode !== undefined) return error.statusCode
  return statusOfCode[codeOf(error)]
}
