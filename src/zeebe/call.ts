import { status as grpcStatus } from '@grpc/grpc-js'
import { type Code, CommitbaseError, messageOf } from '../errors.ts'
import type { Engine, Gateway } from './connect.ts'

export type CallName = Exclude<keyof Gateway, 'activateJobsStream'>

/**
 * Makes one call of the gateway protocol. Throws a `CommitbaseError` in the engine's words: `unavailable` where the same call may
 * succeed later (no connection, no answer within `timeout` milliseconds, the engine asks to back off), else the nearest of the codes.
 */
export async function call(
  engine: Engine,
  name: CallName,
  request: object,
  timeout = 30_000,
): Promise<Record<string, unknown>> {
  try {
    engine.closed.throwIfAborted()
    const response = await within(timeout, engine.closed, engine.gateway[name](request))
    return isRecord(response) ? response : {}
  } catch (error) {
    throw engine.closed.aborted ? closedError(engine, error) : engineError(engine, name.replace(/Sync$/, ''), error)
  }
}

function closedError({ address }: Engine, cause: unknown): CommitbaseError {
  return new CommitbaseError('unavailable', `the connection to the engine at ${address} was closed`, { cause })
}

/** A failure of gRPC, of the token endpoint or of the deadline, in one of our codes. */
export function engineError(engine: { readonly address: string }, what: string, error: unknown): CommitbaseError {
  if (error instanceof CommitbaseError) return error
  const grpcCode = grpcCodeOf(error)
  if (grpcCode === undefined) return tokenError(engine, error)
  const details = detailsOf(error)
  const code = tooLarge(grpcCode, details) ? 'invalid' : (codes.get(grpcCode) ?? 'internal')
  const did = code === 'unavailable' ? `did not answer` : 'refused'
  return new CommitbaseError(
    code,
    `the engine at ${engine.address} ${did} ${what}: ${grpcStatus[grpcCode]}: ${details}`,
    { cause: error },
  )
}

/** The gRPC status of an error, where it has one. */
export function grpcCodeOf(error: unknown): number | undefined {
  const code = isRecord(error) ? error.code : undefined
  return typeof code === 'number' && grpcStatus[code] !== undefined ? code : undefined
}

const codes = new Map<number, Code>([
  [grpcStatus.NOT_FOUND, 'not_found'],
  [grpcStatus.ALREADY_EXISTS, 'conflict'],
  [grpcStatus.INVALID_ARGUMENT, 'invalid'],
  [grpcStatus.FAILED_PRECONDITION, 'invalid'],
  [grpcStatus.OUT_OF_RANGE, 'invalid'],
  [grpcStatus.UNIMPLEMENTED, 'invalid'],
  [grpcStatus.UNAUTHENTICATED, 'unauthorized'],
  [grpcStatus.PERMISSION_DENIED, 'unauthorized'],
  [grpcStatus.UNAVAILABLE, 'unavailable'],
  [grpcStatus.DEADLINE_EXCEEDED, 'unavailable'],
  [grpcStatus.RESOURCE_EXHAUSTED, 'unavailable'],
  [grpcStatus.CANCELLED, 'unavailable'],
  [grpcStatus.ABORTED, 'unavailable'],
])

/** gRPC says RESOURCE_EXHAUSTED both of an engine under load and of a message that will always be too large. */
function tooLarge(code: number, details: string): boolean {
  return code === grpcStatus.RESOURCE_EXHAUSTED && /larger than max|message size/i.test(details)
}

/** What has no gRPC status came from the token endpoint. Its error holds the request with the client's secret: only its words are kept. */
function tokenError(engine: { readonly address: string }, error: unknown): CommitbaseError {
  const response = isRecord(error) ? error.response : undefined
  const status = isRecord(response) ? response.statusCode : undefined
  const refused = typeof status === 'number' && status >= 400 && status < 500 && status !== 429
  const advice = refused
    ? 'check the client id and secret, the authorization server and the audience'
    : 'it may be tried again'
  return new CommitbaseError(
    refused ? 'unauthorized' : 'unavailable',
    `no token for the engine at ${engine.address}: ${messageOf(error)}; ${advice}`,
    { cause: new Error(messageOf(error)) },
  )
}

function detailsOf(error: unknown): string {
  const details = isRecord(error) ? error.details : undefined
  const text = typeof details === 'string' && details !== '' ? details : messageOf(error)
  return text.replace(/\. Resolution note: *$/, '')
}

/** zeebe-node sets no deadline, and swallows what becomes of a call when its client is closed. */
async function within<T>(timeout: number, closed: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>()
  const error = { code: grpcStatus.DEADLINE_EXCEEDED, details: `no answer within ${timeout} ms` }
  const timer = setTimeout(() => reject(Object.assign(new Error(error.details), error)), timeout)
  const close = () => reject(closed.reason)
  closed.addEventListener('abort', close)
  try {
    return await Promise.race([promise, end])
  } finally {
    clearTimeout(timer)
    closed.removeEventListener('abort', close)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
