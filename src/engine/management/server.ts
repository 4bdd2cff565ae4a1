import { type AddressInfo, isIP } from 'node:net'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { type Code, CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { clock } from './clock.ts'
import type { Context } from './context.ts'
import { health } from './health.ts'
import { records } from './records.ts'

export interface ManagementOptions {
  /** Default 127.0.0.1: nobody is asked for credentials. */
  readonly host?: string
  /** Default 9600, as Zeebe's; 0: any free port. */
  readonly port?: number
}

export interface Management {
  readonly address: string
  readonly port: number
  stop(): Promise<void>
}

/** Health, clock and records of an engine, over HTTP. Throws `unavailable` where the port is taken. */
export async function startManagement(
  { host = '127.0.0.1', port = 9600 }: ManagementOptions,
  context: Context,
): Promise<Management> {
  const app = fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async ({ headers }) => refuseForeign(headers, host))
  app.setErrorHandler<FastifyError>((error, _request, reply) =>
    reply.code(statusOf(error)).send({ error: messageOf(error) }),
  )
  for (const route of [health, clock, records]) route(app, context)
  const bound = await listen(app, host, port)
  return { address: `http://${host}:${bound}`, port: bound, stop: () => app.close() }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const why = messageOf(error).includes('EADDRINUSE')
      ? `port ${port} on ${host} is taken; choose another for the engine's management with --management-port`
      : `the engine's management cannot listen on ${host}, port ${port}: ${messageOf(error)}`
    throw new CommitbaseError('unavailable', why, { cause: error })
  }
  return (app.server.address() as AddressInfo).port
}

/** What a web site has a browser send here (DNS rebinding): a name that is not this machine's, or another site's `Origin`. */
function refuseForeign({ host: asked = '', origin }: { host?: string; origin?: string }, host: string): void {
  const name = URL.canParse(`http://${asked}`) ? new URL(`http://${asked}`).hostname : ''
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const isOwn = !isLoopback || name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0
  if (isOwn && (origin === undefined || origin === `http://${asked}`)) return
  throw new CommitbaseError(
    'unauthorized',
    `the management port answers nobody who comes by way of '${origin ?? asked}'`,
  )
}

function statusOf(error: FastifyError): number {
  if (error.statusCode !== undefined) return error.statusCode
  return statuses[codeOf(error)]
}

const statuses: Record<Code, number> = {
  not_found: 404,
  conflict: 409,
  invalid: 400,
  unauthorized: 403,
  unavailable: 503,
  internal: 500,
}
