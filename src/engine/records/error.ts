import type { Command } from '../command.ts'
import { InstanceFailed } from '../instanceFailed.ts'
import type { State } from '../state/state.ts'
import { commandRecord } from './commandRecord.ts'
import type { Draft, Drafts } from './record.ts'

/**
 * A command at which the engine itself failed: it is refused, and what went wrong is told with where. It changed nothing. The instance is named
 * that is banned for it: at a client's command none is.
 */
export function failureRecords(state: State, command: Command, now: number, failure: unknown): Drafts {
  const asked = commandRecord(command)
  const cause = failure instanceof InstanceFailed ? failure.cause : failure
  const { message, stack = '' } = cause instanceof Error ? cause : new Error(String(cause))
  const value = {
    exceptionMessage: message || 'Without exception message.',
    stacktrace: stack,
    errorEventPosition: asked === undefined ? -1 : state.position + 1,
    processInstanceKey: failure instanceof InstanceFailed ? failure.processInstanceKey : -1,
  }
  const error: Draft = { valueType: 'ERROR', intent: 'CREATED', key: asked?.key ?? -1, value }
  const rejection: Draft | undefined = asked && {
    ...asked,
    recordType: 'COMMAND_REJECTION',
    isSource: false,
    rejectionType: 'PROCESSING_ERROR',
    rejectionReason: `Expected to process record '${command.type}' without errors, but exception occurred with message '${message}'.`,
  }
  const drafts = [asked, rejection, error].filter((draft) => draft !== undefined)
  return { drafts, timestamp: now, operationReference: command.operationReference ?? -1 }
}
