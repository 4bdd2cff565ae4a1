import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { createHttp, type HttpServer, listen, statusOfCode } from '../httpServer.ts'
import type { TlsOptions } from '../security/certificate.ts'
import type { Guard } from '../security/guard.ts'
import { clock } from './clock.ts'
import type { Context } from './context.ts'
import { health } from './health.ts'
import { metrics } from './metrics.ts'
import { records } from './records.ts'

export interface ManagementOptions {
  /** Default 127.0.0.1: unless it is guarded nobody is asked for credentials. */
  readonly host?: string
  /** Default 9600, as Zeebe's; 0: any free port. */
  readonly port?: number
  /** Plain HTTP without. */
  readonly tls?: TlsOptions
  /** Whether callers have to give the credentials that the gateway asks for. The health of the engine is told to everybody. */
  readonly guarded?: boolean
}

const door = { name: "the engine's management", option: '--management-port' }

/** Health, clock, records and metrics of an engine, over HTTP. Throws `unavailable` where the port is taken. */
export async function startManagement(
  { host = '127.0.0.1', port = 9600, tls, guarded }: ManagementOptions,
  context: Context,
  guard?: Guard,
): Promise<HttpServer> {
  if (guarded && guard === undefined) throw new CommitbaseError('invalid', withoutCredentials)
  const app = await createHttp({ host, port, tls }, door)
  app.setErrorHandler<FastifyError>((error, _request, reply) =>
    reply.code(statusOf(error)).send({ error: messageOf(error) }),
  )
  health(app, context)
  app.register(async (inner) => {
    if (guarded && guard) inner.addHook('onRequest', (request, reply) => admit(guard, request, reply))
    for (const route of [clock, records, metrics]) route(inner, context)
  })
  return listen(app, { host, port, tls }, door)
}

const withoutCredentials =
  "the engine's management port can ask for credentials only where the engine has some: give it `authentication`, too"

async function admit(
  guard: Guard,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  try {
    await guard(headers.authorization)
    return undefined
  } catch (error) {
    if (codeOf(error) !== 'unauthorized') throw error
    return reply
      .code(401)
      .header('www-authenticate', 'Basic, Bearer')
      .send({ error: messageOf(error) })
  }
}

function statusOf(error: FastifyError): number {
  if (error.statusCode !== undefined) return error.statusCode
  return statusOfCode[codeOf(error)]
}
