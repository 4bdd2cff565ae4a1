import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GitOptions } from '../../../git/commands/git.ts'
import {
  type BackendAnswer,
  type BackendPath,
  type BackendRequest,
  runHttpBackend,
} from '../../../git/commands/httpBackend.ts'
import type { AuditLog } from '../../access/audit.ts'
import type { Scope } from '../../access/token.ts'
import type { GitService, PushOutcome, PushTurns } from '../../pushes/pushTurns.ts'
import { notFound, Refusal } from '../../refusal.ts'

export interface GitRouteOptions {
  /** The bare repository. */
  readonly folder: string
  /** Where a push's body waits for its turn; only the hub may read it. */
  readonly spool: string
  /** For git's processes. */
  readonly git: GitOptions
  /** Bytes of a push. */
  readonly pushLimit: number
  /** Resolves when git sees all that has landed. */
  readonly seal: () => Promise<void>
  /** Runs a push while nobody else moves refs. */
  readonly exclusively: <T>(push: () => Promise<T>) => Promise<T>
  /** The served branch, and who is waited for to push to it. */
  readonly branch: string
  readonly turns: PushTurns
  readonly audit: AuditLog
}

interface Asked {
  Params: { owner: string; repo: string }
  Querystring: { service?: string }
}

/** Git over smart HTTP at `/{owner}/{repo}.git` (gitprotocol-http): clone and fetch stream, a push takes its turn at the write door. */
export function gitRoutes(server: FastifyInstance, options: GitRouteOptions): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // Bodies are streams here: git reads them itself.
    scope.addContentTypeParser('*', (_request, _body, done) => done(null))
    const fetching = { config: { scope: 'read', challenge } } as const
    const pushing = { config: { scope: 'write', challenge } } as const
    const asking = { config: { scope: neededFor, challenge } } as const
    scope.get<Asked>('/:owner/:repo/info/refs', asking, async (request, reply) => {
      await options.turns.asks(whoAsks(request), request.query.service as GitService)
      return await answerFetch('info/refs', request, reply, options)
    })
    scope.post<Asked>('/:owner/:repo/git-upload-pack', fetching, (request, reply) =>
      answerFetch('git-upload-pack', request, reply, options),
    )
    let waiting = 0
    scope.post<Asked>('/:owner/:repo/git-receive-pack', pushing, async (request, reply) => {
      if (waiting >= mostPushes) throw tooManyPushes
      waiting++
      try {
        return await answerPush(request, reply, options)
      } finally {
        waiting--
      }
    })
  })
}

/** Bytes of what a fetch wants and has; git itself takes as much (http.maxRequestBuffer). */
const longestQuestion = 10 << 20

/** Pushes whose bodies lie on the disk at a time. */
const mostPushes = 16

const tooManyPushes = new Refusal(503, `${mostPushes} pushes are waiting already; try again in a moment`, {
  headers: { 'retry-after': '5' },
})

const challenge = 'Basic realm="Commitbase", charset="UTF-8"'

/** Asking for refs is the first step of a fetch or of a push; without a service it is git's older protocol, which is not served. */
function neededFor(request: FastifyRequest): Scope {
  const { service } = request.query as Asked['Querystring']
  if (service === 'git-upload-pack') return 'read'
  if (service === 'git-receive-pack') return 'write'
  throw notFound()
}

async function answerFetch(path: BackendPath, request: FastifyRequest, reply: FastifyReply, options: GitRouteOptions) {
  if (Number(request.headers['content-length'] ?? 0) > longestQuestion)
    throw tooMuch('a fetch may ask with', longestQuestion)
  await options.seal()
  const answer = await runHttpBackend(options.folder, backendRequest(path, request), request.raw, options.git)
  reply.raw.once('close', answer.stop)
  if (reply.raw.destroyed) answer.stop()
  return send(reply, answer, answer.body)
}

async function answerPush(request: FastifyRequest, reply: FastifyReply, options: GitRouteOptions) {
  const file = join(options.spool, randomUUID())
  try {
    await spool(request, file, options.pushLimit)
    const contentLength = (await stat(file)).size
    const push = { ...backendRequest('git-receive-pack', request), contentLength }
    const { answer, said } = await options.exclusively(() => runPush(push, file, options))
    const outcome = outcomeOf(said, options.branch)
    if (outcome) options.turns.ended(whoAsks(request), outcome)
    if (outcome === 'refused') noteRefused(request, answer.status, options.audit)
    return await send(reply, answer, said)
  } finally {
    await rm(file, { force: true })
  }
}

/** One who fetches and pushes, as far as it can be told. */
function whoAsks({ token, ip }: FastifyRequest): string {
  return `${token} ${ip}`
}

/** HTTP says that all is well; what became of the push stands in git's report (gitprotocol-pack, "Report Status"). Nothing where it did not concern the branch. */
function outcomeOf(said: Buffer, branch: string): PushOutcome | undefined {
  if (said.includes('pre-receive hook declined')) return 'refused'
  if (said.includes(`ok ${branch}`)) return 'landed'
  return said.includes(`ng ${branch}`) ? 'lost' : undefined
}

function noteRefused({ method, url, ip, token }: FastifyRequest, status: number, audit: AuditLog): void {
  audit.refused({
    status,
    reason: 'the push breaks a rule (pre-receive hook declined)',
    method,
    path: url,
    from: ip,
    token,
  })
}

/** Waits until git is gone: only then the refs have moved, or never will. */
async function runPush(push: BackendRequest, file: string, { folder, git }: GitRouteOptions) {
  const body = (await open(file)).createReadStream()
  try {
    const answer = await runHttpBackend(folder, push, body, git)
    const said = await buffer(answer.body)
    await answer.ended
    return { answer, said }
  } finally {
    body.destroy()
  }
}

function backendRequest(path: BackendPath, { method, headers, url }: FastifyRequest): BackendRequest {
  const { 'content-length': length, 'git-protocol': protocol } = headers
  return {
    path,
    method,
    query: url.split('?')[1] ?? '',
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    contentLength: length === undefined ? undefined : Number(length),
    protocol: typeof protocol === 'string' && protocol.length <= 1_000 ? protocol : undefined,
    user: 'commitbase',
  }
}

function send(reply: FastifyReply, { status, headers }: BackendAnswer, body: Readable | Buffer): FastifyReply {
  for (const [name, value] of headers) reply.header(name, value)
  return reply.code(status).send(body)
}

/** Puts the body into a file, so that a slow sender holds up nobody. */
async function spool({ raw }: FastifyRequest, file: string, limit: number): Promise<void> {
  // The connection outlives a refusal, so that it can be answered.
  const chunks = raw.iterator({ destroyOnReturn: false })
  await pipeline(atMost(limit, chunks), createWriteStream(file, { mode: 0o600, flags: 'wx' }))
}

async function* atMost(limit: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > limit) throw tooMuch('a push may have', limit)
    yield chunk
  }
}

function tooMuch(what: string, limit: number): Refusal {
  const words = `${what} ${limit.toLocaleString('en')} bytes; send less at a time`
  return new Refusal(413, words, { headers: { connection: 'close' } })
}
