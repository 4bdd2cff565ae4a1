import { messageOf } from '../../errors.ts'
import { type Answer, ExchangeFailure, JobProblem } from './plan.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeout: number
}

/** Sends a request to where its URL says: `fetch`, as far as it is needed. */
export type Send = (url: URL, init: SendOptions) => Promise<Sent>

interface SendOptions {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

interface Sent {
  readonly status: number
  readonly statusText: string
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/** The largest answer that is read, in bytes: a process variable has to hold it, and an engine takes 4 MB in all. */
const largest = 1024 * 1024

/** Sends one request and reads its whole answer. Redirects are not followed: a secret would follow them. */
export async function exchange(request: HttpRequest, send: Send, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body, timeout } = request
  const deadline = AbortSignal.timeout(timeout)
  try {
    const response = await send(url, {
      method,
      headers: { 'user-agent': 'commitbase', ...headers },
      ...(body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.any([deadline, signal]),
    })
    const text = await readBounded(response)
    return { status: response.status, reason: response.statusText, headers: Object.fromEntries(response.headers), text }
  } catch (error) {
    if (error instanceof ExchangeFailure || error instanceof JobProblem) throw error
    if (deadline.aborted)
      throw new ExchangeFailure('timeout', `no answer from ${url.host} within ${timeout} ms`, { cause: error })
    if (signal.aborted)
      throw new ExchangeFailure('network', `the worker was stopped before ${url.host} answered`, { cause: error })
    throw networkError(error, url)
  }
}

async function readBounded(response: Sent): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > largest)
      throw new ExchangeFailure(
        'too_large',
        `the answer (status ${response.status}) is larger than ${largest} bytes, which is too much for a process variable`,
      )
    chunks.push(chunk)
  }
  return decoded(Buffer.concat(chunks), response.headers.get('content-type'))
}

/** By the charset that the answer names, where it is known; else UTF-8. A byte order mark is no part of the text. */
function decoded(bytes: Uint8Array, contentType: string | null): string {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

/** What fetch throws has a cause where the network is at fault, and none where the request itself cannot be sent. */
function networkError(error: unknown, url: URL): Error {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof JobProblem) return cause
  if (cause === undefined && error instanceof TypeError)
    return new JobProblem(`this request cannot be sent: ${error.message}`, { cause: error })
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  const words = cause instanceof Error && cause.message !== '' ? cause.message : code || messageOf(error)
  return new ExchangeFailure('network', `${url.host} cannot be reached: ${words}`, { cause: error })
}
