import { compensationSubscriptionRecords } from './compensationSubscription.ts'
import { decisionRecords } from './decision.ts'
import { decisionEvaluationRecords } from './decisionEvaluation.ts'
import { decisionRequirementsRecords } from './decisionRequirements.ts'
import { deploymentRecords } from './deployment.ts'
import { escalationRecords } from './escalation.ts'
import { formRecords } from './form.ts'
import { incidentRecords } from './incident.ts'
import { jobRecords } from './job.ts'
import { jobBatchRecords } from './jobBatch.ts'
import type { HappeningOf, Moment, RecordsOf } from './mapping.ts'
import { messageRecords } from './message.ts'
import { messageBatchRecords } from './messageBatch.ts'
import { messageStartEventSubscriptionRecords } from './messageStartEventSubscription.ts'
import { subscriptionRecords } from './messageSubscription.ts'
import { processRecords } from './process.ts'
import { processEventRecords } from './processEvent.ts'
import { processInstanceRecords } from './processInstance.ts'
import { processInstanceCreationRecords } from './processInstanceCreation.ts'
import { processInstanceMigrationRecords } from './processInstanceMigration.ts'
import { processInstanceModificationRecords } from './processInstanceModification.ts'
import type { Draft } from './record.ts'
import { resourceDeletionRecords } from './resourceDeletion.ts'
import { signalRecords } from './signal.ts'
import { signalSubscriptionRecords } from './signalSubscription.ts'
import { timerRecords } from './timer.ts'
import { userTaskRecords } from './userTask.ts'
import { variableRecords } from './variable.ts'
import { variableDocumentRecords } from './variableDocument.ts'

/** One file a value type; an event that has no record of its own answers none there. */
const records: RecordsOf = {
  ...deploymentRecords,
  ...processRecords,
  ...decisionRequirementsRecords,
  ...decisionRecords,
  ...decisionEvaluationRecords,
  ...formRecords,
  ...resourceDeletionRecords,
  ...processInstanceCreationRecords,
  ...processInstanceModificationRecords,
  ...processInstanceMigrationRecords,
  ...processInstanceRecords,
  ...processEventRecords,
  ...variableRecords,
  ...variableDocumentRecords,
  ...jobRecords,
  ...jobBatchRecords,
  ...userTaskRecords,
  ...timerRecords,
  ...messageRecords,
  ...messageBatchRecords,
  ...subscriptionRecords,
  ...messageStartEventSubscriptionRecords,
  ...compensationSubscriptionRecords,
  ...signalRecords,
  ...signalSubscriptionRecords,
  ...escalationRecords,
  ...incidentRecords,
}

/** The records of what happens, in the real engine's order. `moment.state` is as it is before. */
export function recordsOf<Type extends keyof RecordsOf>(
  happening: HappeningOf<Type>,
  moment: Moment,
): readonly Draft[] {
  return records[happening.type as Type](happening, moment)
}
