import { status as grpcStatus } from '@grpc/grpc-js'
import { type Code, CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import { CommandRejected } from '../commandRejected.ts'

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
function rejectionText({ rejection, awaitingResult }: CommandRejected): string {
  const awaiting = "Command 'CREATE_WITH_AWAITING_RESULT' "
  return awaitingResult ? rejection.message.replace(/^Command 'CREATE' /, awaiting) : rejection.message
}
