import { status as grpcStatus } from '@grpc/grpc-js'
import { type Code, CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { CommandRejected } from '../runtime/commandRejected.ts'

/** A call's error as gRPC knows it. */
export class Status extends Error {
  readonly code: grpcStatus

  constructor(code: keyof typeof grpcStatus, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Status'
    this.code = grpcStatus[code]
  }
}

/** What a client gets for an error, in the real gateway's codes and words. */
export function statusOf(error: unknown): { code: grpcStatus; details: string } {
  const { code, details } = fullStatusOf(error)
  return { code, details: sendable(details) }
}

/** An error travels among the headers: of longer ones clients close the connection, and all their other calls with it. */
const longestDetails = 12_000

/** As much of a text as a client takes; it counts as it is sent, with `%20` for a space. */
function sendable(details: string): string {
  const text = details.slice(0, longestDetails).toWellFormed()
  if (text.length === details.length && encodeURI(text).length <= longestDetails) return text
  let room = longestDetails - encodeURI('…').length
  let kept = ''
  for (const character of text) {
    room -= encodeURI(character).length
    if (room < 0) break
    kept += character
  }
  return `${kept}…`
}

function fullStatusOf(error: unknown): { code: grpcStatus; details: string } {
  if (error instanceof Status) return { code: error.code, details: error.message }
  if (error instanceof CommandRejected) return { code: grpcStatus[error.rejection.code], details: rejectionText(error) }
  if (error instanceof CommitbaseError) return { code: grpcStatus[codes[codeOf(error)]], details: error.message }
  return { code: grpcStatus.INTERNAL, details: `the gateway failed: ${messageOf(error)}` }
}

const codes: Record<Code, keyof typeof grpcStatus> = {
  not_found: 'NOT_FOUND',
  conflict: 'ALREADY_EXISTS',
  invalid: 'INVALID_ARGUMENT',
  unauthorized: 'UNAUTHENTICATED',
  unavailable: 'UNAVAILABLE',
  internal: 'INTERNAL',
}

/** The core rejects in the real engine's words; that a creation awaits its result is known only here. */
export function rejectionText({ rejection, awaitingResult }: CommandRejected): string {
  const awaiting = "Command 'CREATE_WITH_AWAITING_RESULT' "
  return awaitingResult ? rejection.message.replace(/^Command 'CREATE' /, awaiting) : rejection.message
}

/** The runtime reports its own faults; what is left are errors that nobody named. */
export function isUnforeseen(error: unknown): boolean {
  return !(error instanceof Error && ['Status', 'CommandRejected', 'CommitbaseError'].includes(error.name))
}
