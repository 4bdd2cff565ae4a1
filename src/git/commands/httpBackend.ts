import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { CommitbaseError } from '../../errors.ts'
import { collectWords, type GitOptions, startGit, whenEnded } from './git.ts'

/** The three places of git's smart HTTP protocol (gitprotocol-http). */
export type BackendPath = 'info/refs' | 'git-upload-pack' | 'git-receive-pack'

/** A request as it came in; what a header did not say is missing. */
export interface BackendRequest {
  readonly path: BackendPath
  readonly method: string
  /** Without the question mark. */
  readonly query: string
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly contentLength?: number
  /** The header `Git-Protocol`. */
  readonly protocol?: string
  /** Who pushes; git refuses a push of nobody. */
  readonly user: string
}

export interface BackendAnswer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Readable
  /** Resolves when git is gone and what it did is done. */
  readonly ended: Promise<void>
  /** Ends git before that. */
  stop(): void
}

/**
 * Lets `git http-backend` answer one request to a repository folder (CGI/1.1, RFC 3875): the body streams in, the answer
 * streams out. Throws `internal` with git's words where it answers nothing that is HTTP, or that it failed: of why it tells nobody else.
 */
export async function runHttpBackend(
  folder: string,
  request: BackendRequest,
  body: Readable,
  options: GitOptions,
): Promise<BackendAnswer> {
  const variables = { ...options.variables, ...cgiVariables(folder, request) }
  const child = startGit(['http-backend'], { ...options, variables })
  const words = collectWords(child)
  const ended = whenEnded(child).then(() => {})
  const stop = () => void child.kill('SIGTERM')
  feed(body, child.stdin, stop)
  const head = await Promise.race([readHead(child.stdout), ended.then(() => undefined)])
  const answer = head === undefined ? undefined : parseHead(head)
  if (answer && answer.status < 500) return { ...answer, body: child.stdout, ended, stop }
  stop()
  child.stdout.resume()
  await ended
  throw new CommitbaseError(
    'internal',
    `git http-backend gave ${answer?.status ?? 'no answer'}: ${words() || 'no words'}`,
  )
}

/** A sender that goes away in the middle ends git; where git has read enough, the rest of the body goes nowhere. */
function feed(body: Readable, input: Writable, stop: () => void): void {
  body.once('close', () => (body.readableEnded ? undefined : stop()))
  input.once('close', () => body.unpipe(input).resume())
  body.on('error', stop).pipe(input)
}

function cgiVariables(folder: string, request: BackendRequest): Record<string, string | undefined> {
  return {
    GATEWAY_INTERFACE: 'CGI/1.1',
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_TRANSLATED: join(folder, request.path),
    PATH_INFO: `/${request.path}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: request.query,
    CONTENT_TYPE: request.contentType,
    CONTENT_LENGTH: request.contentLength?.toString(),
    HTTP_CONTENT_ENCODING: request.contentEncoding,
    GIT_PROTOCOL: request.protocol,
    REMOTE_USER: request.user,
  }
}

/** What comes before the empty line; the rest stays in the stream. Nothing where the stream ends before. */
async function readHead(stream: Readable): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let read = Buffer.alloc(0)
  const take = () => {
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n\r\n')
      if (end < 0 && read.length < longestHead) continue
      stream.off('readable', take)
      if (end >= 0 && read.length > end + 4) stream.unshift(read.subarray(end + 4))
      return resolve(end < 0 ? undefined : read.toString('latin1', 0, end))
    }
  }
  stream.on('readable', take)
  stream.once('end', () => resolve(undefined))
  return promise
}

const longestHead = 16_384

function parseHead(head: string): Pick<BackendAnswer, 'status' | 'headers'> {
  const fields = head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200'
  return {
    status: Number.parseInt(status, 10),
    headers: fields.filter(([name]) => name.toLowerCase() !== 'status'),
  }
}
