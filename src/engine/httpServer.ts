import { type AddressInfo, isIP } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { type Code, CommitbaseError, messageOf } from '../errors.ts'

export interface HttpOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** What a server is to those who read of it, and the option that gives it another port. */
export interface HttpDoor {
  readonly name: string
  readonly option: string
}

export interface HttpServer {
  readonly address: string
  readonly port: number
  stop(): Promise<void>
}

/** The status that a door answers an error's code with. */
export const statusOfCode: Readonly<Record<Code, number>> = {
  not_found: 404,
  conflict: 409,
  invalid: 400,
  unauthorized: 403,
  unavailable: 503,
  internal: 500,
}

/** A server for one of the engine's doors, before it has routes. It asks for no credentials: what a web site has a browser send is refused. */
export function createHttp({ host }: HttpOptions, { name }: HttpDoor): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async ({ headers }) => refuseForeign(headers, host, name))
  return app
}

/** Throws `unavailable` where the port is taken. */
export async function listen(app: FastifyInstance, options: HttpOptions, door: HttpDoor): Promise<HttpServer> {
  const { host, port } = options
  try {
    await app.listen({ host, port })
  } catch (error) {
    const why = messageOf(error).includes('EADDRINUSE')
      ? `port ${port} on ${host} is taken; choose another for ${door.name} with ${door.option}`
      : `${door.name} cannot listen on ${host}, port ${port}: ${messageOf(error)}`
    throw new CommitbaseError('unavailable', why, { cause: error })
  }
  const bound = (app.server.address() as AddressInfo).port
  return { address: `http://${host}:${bound}`, port: bound, stop: () => app.close() }
}

/** What a web site has a browser send here (DNS rebinding): a name that is not this machine's, or another site's `Origin`. */
function refuseForeign(headers: { host?: string; origin?: string }, host: string, name: string): void {
  const { host: asked = '', origin } = headers
  const hostname = URL.canParse(`http://${asked}`) ? new URL(`http://${asked}`).hostname : ''
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const isOwn = !isLoopback || hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  if (isOwn && (origin === undefined || origin === `http://${asked}`)) return
  throw new CommitbaseError('unauthorized', `${name} answers nobody who comes by way of '${origin ?? asked}'`)
}
