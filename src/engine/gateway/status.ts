import { status as grpcStatus } from '@grpc/grpc-js'
import { type Code, CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import type { Command, Rejection } from '../command.ts'
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

/** As seen on Zeebe 8.6: `Command 'CANCEL' rejected with code 'NOT_FOUND': Expected to cancel …`. */
function rejectionText({ commandType, rejection, awaitingResult }: CommandRejected): string {
  const intent = awaitingResult ? 'CREATE_WITH_AWAITING_RESULT' : intents[commandType]
  return `Command '${intent}' rejected with code '${rejectionTypes[rejection.code]}': ${rejection.message}`
}

/** The record intents of Zeebe's protocol. */
const intents: Record<Command['type'], string> = {
  DeployResource: 'CREATE',
  CreateProcessInstance: 'CREATE',
  CancelProcessInstance: 'CANCEL',
  ActivateJobs: 'ACTIVATE',
  CompleteJob: 'COMPLETE',
  FailJob: 'FAIL',
  ThrowError: 'THROW_ERROR',
  UpdateJobRetries: 'UPDATE_RETRIES',
  PublishMessage: 'PUBLISH',
  SetVariables: 'UPDATE',
  ResolveIncident: 'RESOLVE',
  Tick: 'TRIGGER',
}

/** What Zeebe calls a rejection that gRPC has another word for. */
const rejectionTypes: Record<Rejection['code'], string> = {
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  FAILED_PRECONDITION: 'INVALID_STATE',
  RESOURCE_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  INTERNAL: 'PROCESSING_ERROR',
}
