import type { Command, Rejection } from '../command.ts'
import { decisionEvaluationCommand } from './decisionEvaluation.ts'
import { deploymentCommand } from './deployment.ts'
import { incidentCommand } from './incident.ts'
import { jobCommand } from './job.ts'
import { jobBatchCommand } from './jobBatch.ts'
import { messageCommand } from './message.ts'
import { cancelCommand } from './processInstance.ts'
import { processInstanceCreationCommand } from './processInstanceCreation.ts'
import { processInstanceMigrationCommand } from './processInstanceMigration.ts'
import { processInstanceModificationCommand } from './processInstanceModification.ts'
import type { Draft, RejectionType } from './record.ts'
import { resourceDeletionCommand } from './resourceDeletion.ts'
import { signalCommand } from './signal.ts'
import { userTaskCommand } from './userTask.ts'
import { variableDocumentCommand } from './variableDocument.ts'

/** The record of what a client asked for; the clock's command has none. */
export function commandRecord(command: Command): Draft | undefined {
  const draft = draftOf(command)
  return draft && { ...draft, recordType: 'COMMAND', isSource: true }
}

/** The record of a refusal. */
export function rejectionRecord(command: Command, rejection: Rejection): Draft | undefined {
  const draft = draftOf(command)
  return draft && { ...draft, recordType: 'COMMAND_REJECTION', ...reasonOf(rejection) }
}

function draftOf(command: Command): Draft | undefined {
  switch (command.type) {
    case 'DeployResource':
      return deploymentCommand(command)
    case 'DeleteResource':
      return resourceDeletionCommand(command.resourceKey)
    case 'EvaluateDecision':
      return decisionEvaluationCommand(command)
    case 'CreateProcessInstance':
      return processInstanceCreationCommand(command)
    case 'CancelProcessInstance':
      return cancelCommand(command.processInstanceKey)
    case 'ModifyProcessInstance':
      return processInstanceModificationCommand(command)
    case 'MigrateProcessInstance':
      return processInstanceMigrationCommand(command)
    case 'ActivateJobs':
      return jobBatchCommand(command)
    case 'CompleteJob':
    case 'FailJob':
    case 'ThrowError':
    case 'UpdateJob':
    case 'UpdateJobRetries':
    case 'UpdateJobTimeout':
      return jobCommand(command)
    case 'CompleteUserTask':
    case 'AssignUserTask':
    case 'UpdateUserTask':
      return userTaskCommand(command)
    case 'PublishMessage':
      return messageCommand(command)
    case 'BroadcastSignal':
      return signalCommand(command)
    case 'SetVariables':
      return variableDocumentCommand(command)
    case 'ResolveIncident':
      return incidentCommand(command.incidentKey)
    case 'Tick':
      return undefined
    default:
      return command satisfies never
  }
}

/** A client is told the reason within a sentence. */
function reasonOf({ code, message, recordedAs }: Rejection): { rejectionType: RejectionType; rejectionReason: string } {
  const [, word, reason] = /^Command '\w+' rejected with code '(\w+)': ([\s\S]*)$/.exec(message) ?? []
  return {
    rejectionType: rejectionTypes[code],
    rejectionReason: reason ?? message,
    ...(word === 'INVALID_STATE' && { rejectionType: word }),
    ...(recordedAs && { rejectionType: recordedAs }),
  }
}

const rejectionTypes: Record<Rejection['code'], RejectionType> = {
  INVALID_ARGUMENT: 'INVALID_ARGUMENT',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  FAILED_PRECONDITION: 'INVALID_STATE',
  RESOURCE_EXHAUSTED: 'EXCEEDED_BATCH_RECORD_SIZE',
  INTERNAL: 'PROCESSING_ERROR',
}
