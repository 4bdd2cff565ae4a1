import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { CommitbaseError } from '../errors.ts'
import { answerError } from './answerError.ts'
import { authorize } from './authorize.ts'
import { notFound } from './refusal.ts'
import { createPermissionOf, type Permission, type Tokens } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route does; nothing where anybody may. */
    permission?: Permission | ((request: FastifyRequest) => Permission)
    documentation?: string
    /** The `WWW-Authenticate` of its 401. */
    challenge?: string
  }
}

export interface ServerOptions {
  readonly tokens: Tokens
  /** `owner/name`. */
  readonly repository: string
  readonly log: (message: string, error: unknown) => void
}

/** A server without routes: it knows who may, bounds what comes in, and answers errors as GitHub does. */
export function createServer({ tokens, repository, log }: ServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit: 1 << 20,
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: (error, _request, reply) => answerError(error, reply, log),
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const permissionOf = createPermissionOf(tokens)
  server.addHook('onRequest', (request, _reply, done) => {
    const { permission, documentation, challenge } = request.routeOptions.config
    if (!permission) return done()
    const needed = typeof permission === 'function' ? permission(request) : permission
    authorize(request.headers, permissionOf, repository, {
      permission: needed,
      asked: askedRepository(request),
      documentation,
      challenge,
    })
    done()
  })
  server.setErrorHandler((error, _request, reply) => answerError(error, reply, log))
  server.setNotFoundHandler((_request, reply) => answerError(notFound(), reply, log))
  return server
}

/** Listens and gives the address. Throws `unavailable` where the port is taken. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    throw new CommitbaseError('unavailable', wordsFor(error as NodeJS.ErrnoException, host, port), { cause: error })
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
