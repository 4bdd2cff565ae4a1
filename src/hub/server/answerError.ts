import type { FastifyReply } from 'fastify'
import { type Code, CommitbaseError, messageOf } from '../../errors.ts'
import { Refusal } from '../refusal.ts'

/** Answers what a route threw. What nobody foresaw is told to the log; the client learns only that it happened. */
export function answerError(error: unknown, reply: FastifyReply, log: (message: string, error: unknown) => void): void {
  const refusal = refusalOf(error)
  const { method, url } = reply.request
  // A client that went away in the middle is no failure of ours; a request whose body was read is gone, too.
  if ((refusal.status === 500 || isPassing(error)) && !reply.raw.destroyed)
    log(`${method} ${url} failed: ${messageOf(error)}`, error)
  reply
    .code(refusal.status)
    .headers(refusal.details.headers ?? {})
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(refusal.body))
}

/** What is answered to an error. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof CommitbaseError)
    return new Refusal(statuses[error.code], wordsOf(error), error.code === 'unavailable' ? again : {})
  const status = Object(error).statusCode
  if (status === 413) return new Refusal(413, 'Payload too large')
  if (status >= 400 && status < 500) return new Refusal(status, (error as Error).message)
  if (isPassing(error)) return new Refusal(503, `the hub lacks what it takes (${error.code}); try again`, again)
  return new Refusal(500, 'Server Error')
}

/** Whether it is what the system said for want of files, memory, room on a disk, or a disk that answers (errno(3)). */
function isPassing(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && passing.has(Object(error).code)
}

const passing = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS'])

function wordsOf(error: CommitbaseError): string {
  return error.code === 'internal' ? 'Server Error' : error.message
}

/** For who may ask again. */
const again = { headers: { 'retry-after': '1' } }

const statuses: Readonly<Record<Code, number>> = {
  not_found: 404,
  conflict: 409,
  invalid: 422,
  unauthorized: 401,
  unavailable: 503,
  internal: 500,
}
