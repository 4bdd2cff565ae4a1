import type { IncomingHttpHeaders } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { CommitbaseError } from '../../errors.ts'
import type { AuditLog } from '../access/audit.ts'
import { authorize } from '../access/authorize.ts'
import type { KnownTokens } from '../access/knownTokens.ts'
import type { Scope } from '../access/token.ts'
import { notFound } from '../refusal.ts'
import { answerError, refusalOf } from './answerError.ts'
import { limitConnections } from './limitConnections.ts'
import { refuseBroken } from './refuseBroken.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route does; nothing where anybody may. */
    scope?: Scope | ((request: FastifyRequest) => Scope)
    documentation?: string
    /** The `WWW-Authenticate` of its 401. */
    challenge?: string
  }
  interface FastifyRequest {
    /** The name of the token that lets it pass. */
    token?: string
  }
}

export interface ServerOptions {
  readonly tokens: KnownTokens
  /** `owner/name`. */
  readonly repository: string
  /** Throws where a web site of somebody else has sent it. */
  readonly refuseForeign: (headers: IncomingHttpHeaders) => void
  /** Connections at a time. */
  readonly connections: number
  readonly audit: AuditLog
  readonly log: (message: string, error: unknown) => void
}

/** A server without routes: it knows who may, bounds what comes in, and answers errors as GitHub does. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { connections, audit } = options
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    refuse(error, request, reply, options)
  const server = Fastify({
    bodyLimit: 1 << 20,
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: answer,
    requestTimeout: longestRequest,
    http: { headersTimeout: longestHead, connectionsCheckingInterval: 1_000 },
    clientErrorHandler: (error, socket) => refuseBroken(error, socket, audit),
  })
  const endConnections = limitConnections(server.server, connections)
  server.addHook('preClose', async () => endConnections())
  server.decorateRequest('token')
  server.removeAllContentTypeParsers()
  // It remembers which parser a type has of its own, and looks for the one of all others anew for each request.
  server.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  server.addHook('onRequest', (request, _reply, done) => {
    letPass(request, options)
    done()
  })
  server.setErrorHandler(answer)
  server.setNotFoundHandler((request, reply) => answer(notFound(), request, reply))
  return server
}

/** Milliseconds in which a request must be here: its head, and all of it, a push of half a gigabyte too. */
const longestHead = 10_000
const longestRequest = 10 * 60_000

function letPass(request: FastifyRequest, { tokens, repository, refuseForeign }: ServerOptions): void {
  refuseForeign(request.headers)
  const { scope, documentation, challenge } = request.routeOptions.config
  if (!scope) return
  const { name } = authorize(request.headers, tokens, repository, {
    scope: typeof scope === 'function' ? scope(request) : scope,
    asked: askedRepository(request),
    documentation,
    challenge,
  })
  request.token = name
}

/** Whether a request that was let pass would be again. */
export function mayPass(request: FastifyRequest, options: ServerOptions): boolean {
  try {
    letPass(request, options)
    return true
  } catch {
    return false
  }
}

/** Answers, and notes it where the request was refused: not where what is asked for by one who may is not there. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, { audit, log }: ServerOptions): void {
  const { status, message, details } = refusalOf(error)
  if (status < 500 && !(status === 404 && request.token)) {
    const { method, url, ip, token = details.token } = request
    audit.refused({ status, reason: message, method, path: url, from: ip, token })
  }
  answerError(error, reply, log)
}

/** Listens and gives the address. Throws `unavailable` where the port is taken. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    throw new CommitbaseError('unavailable', wordsFor(error as NodeJS.ErrnoException, host, port), { cause: error })
  }
}

/** Takes no more requests, and gives the transfers under way so many milliseconds. */
export async function close(server: FastifyInstance, patience: number): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), patience)
  try {
    await server.close()
  } finally {
    clearTimeout(timer)
  }
}

function wordsFor({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use; stop what listens there, or choose another with --port`
  if (code === 'EACCES') return `port ${port} on ${host} may not be used; choose one from 1024 on with --port`
  return `the hub cannot listen on ${host}, port ${port}: ${message}`
}

/** Clone addresses end in `.git`, or do not, as on GitHub. */
function askedRepository(request: FastifyRequest): string {
  const { owner = '', repo = '' } = Object(request.params)
  return `${owner}/${String(repo).replace(/\.git$/, '')}`
}
