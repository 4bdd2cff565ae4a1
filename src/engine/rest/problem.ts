import { status as grpcStatus } from '@grpc/grpc-js'
import { CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { rejectionText, Status } from '../gateway/status.ts'
import { statusOfCode } from '../httpServer.ts'
import { CommandRejected } from '../runtime/commandRejected.ts'

/** RFC 9457's problem details, as the real gateway answers: thrown, or made of what went wrong. */
export class Problem extends Error {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'Problem'
    this.status = status
    this.title = title
  }

  toBody(instance: string): object {
    return { type: 'about:blank', title: this.title, status: this.status, detail: shortened(this.message), instance }
  }
}

/** A refusal repeats what was sent, which may be long. */
function shortened(detail: string): string {
  return detail.length > longestDetail ? `${detail.slice(0, longestDetail - 1).toWellFormed()}…` : detail
}

/** As over gRPC. */
const longestDetail = 12_000

/** A request that is no command, in the real gateway's words. */
export function invalid(...violations: string[]): Problem {
  return new Problem(400, 'INVALID_ARGUMENT', `${violations.join('. ')}.`)
}

export function unreadable(): Problem {
  return new Problem(400, 'Bad Request', 'Failed to read request')
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof CommandRejected) return rejected(error)
  if (error instanceof Status) return told(error)
  if (error instanceof CommitbaseError) return new Problem(statusOfCode[codeOf(error)], codeOf(error), error.message)
  return fromServer(error as Error & { statusCode?: number })
}

/** What a call of the gateway refuses, or waited for in vain. */
function told({ code, message }: Status): Problem {
  if (code === grpcStatus.DEADLINE_EXCEEDED) return new Problem(504, 'Gateway Timeout', message)
  return new Problem(
    400,
    'INVALID_ARGUMENT',
    message.replace(/^Expected to handle gRPC request/, 'Expected to handle request'),
  )
}

/** The title is the rejection's own word; the core's code is gRPC's. */
function rejected(error: CommandRejected): Problem {
  const { code } = error.rejection
  const message = rejectionText(error)
  const title = /rejected with code '(\w+)'/.exec(message)?.[1] ?? code
  const status = { NOT_FOUND: 404, INVALID_STATE: 409, INVALID_ARGUMENT: 400, ALREADY_EXISTS: 400 }[title]
  return new Problem(status ?? (code === 'RESOURCE_EXHAUSTED' ? 429 : 500), title, message)
}

function fromServer(error: Error & { statusCode?: number }): Problem {
  const { statusCode = 500 } = error
  const detail =
    statusCode < 500 ? error.message : `Unexpected error occurred during the request processing: ${messageOf(error)}`
  return new Problem(statusCode, titles[statusCode] ?? 'Internal Server Error', detail)
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
}
