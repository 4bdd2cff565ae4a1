import { createServer } from 'node:https'
import { type AddressInfo, isIP } from 'node:net'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { type Code, CommitbaseError, messageOf } from '../errors.ts'
import { OpenSockets } from './openSockets.ts'
import { type Certificate, readCertificate, type TlsOptions } from './security/certificate.ts'

export interface HttpOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Plain HTTP without. */
  readonly tls?: TlsOptions | undefined
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

/** A server for one of the engine's doors, before it has routes. What a web site has a browser send is refused. Throws `invalid` for no certificate. */
export async function createHttp({ host, tls }: HttpOptions, { name }: HttpDoor): Promise<FastifyInstance> {
  const certificate = tls && (await readCertificate(tls))
  const app = fastify({ forceCloseConnections: true, ...(certificate && encrypted(certificate)) })
  app.addHook('onRequest', async ({ headers }) => refuseForeign(headers, host, name, schemeOf({ tls })))
  return app
}

function encrypted({ chain: cert, key }: Certificate): Pick<FastifyServerOptions, 'serverFactory'> {
  return { serverFactory: (handler) => createServer({ cert, key }, handler) }
}

function schemeOf({ tls }: Pick<HttpOptions, 'tls'>): string {
  return tls === undefined ? 'http' : 'https'
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
  const sockets = new OpenSockets(() => bound)
  const stop = () => sockets.whenClosed(app.close())
  return { address: `${schemeOf(options)}://${host}:${bound}`, port: bound, stop }
}

/** What a web site has a browser send here (DNS rebinding): a name that is not this machine's, or another site's `Origin`. */
function refuseForeign(headers: { host?: string; origin?: string }, host: string, name: string, scheme: string): void {
  const { host: asked = '', origin } = headers
  const hostname = URL.canParse(`http://${asked}`) ? new URL(`http://${asked}`).hostname : ''
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const isOwn = !isLoopback || hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  if (isOwn && (origin === undefined || origin === `${scheme}://${asked}`)) return
  throw new CommitbaseError('unauthorized', `${name} answers nobody who comes by way of '${origin ?? asked}'`)
}
