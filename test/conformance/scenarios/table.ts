import type { Scenarios } from '../scenario.ts'
import { callBorderScenarios } from './callBorders.ts'
import { callActivityScenarios } from './calls.ts'
import { businessRuleTaskScenarios, decisionScenarios } from './decisions.ts'
import { deploymentScenarios } from './deployments.ts'
import { errorScenarios } from './errors.ts'
import { compensationScenarios, escalationScenarios } from './escalations.ts'
import { eventBasedGatewayScenarios } from './eventBasedGateway.ts'
import { exclusiveGatewayScenarios, parallelGatewayScenarios } from './gateways.ts'
import { inclusiveGatewayScenarios } from './inclusiveGateway.ts'
import { linkScenarios } from './links.ts'
import { listenerScenarios } from './listeners.ts'
import { messageScenarios, messageStartScenarios, receiveTaskScenarios } from './messages.ts'
import { multiInstanceScenarios } from './multiInstance.ts'
import { migrationScenarios, modificationScenarios, startInstructionScenarios } from './processInstances.ts'
import { deletionScenarios, resourceScenarios } from './resources.ts'
import { scriptTaskScenarios } from './scriptTask.ts'
import { serviceTaskScenarios } from './serviceTask.ts'
import { signalScenarios, signalStartScenarios } from './signals.ts'
import { eventSubProcessScenarios, subProcessScenarios } from './subProcesses.ts'
import { taskScenarios, userTaskScenarios } from './tasks.ts'
import { timerStartScenarios } from './timerStart.ts'
import { timerBoundaryScenarios, timerScenarios } from './timers.ts'
import { assignedUserTaskScenarios } from './userTasks.ts'
import { variableScenarios } from './variables.ts'

/** All scenarios, by the element or the rule that they show. */
export const scenarios: Readonly<Record<string, Scenarios>> = {
  'service task': serviceTaskScenarios,
  'script task': scriptTaskScenarios,
  'business rule task': businessRuleTaskScenarios,
  decision: decisionScenarios,
  variables: variableScenarios,
  'exclusive gateway': exclusiveGatewayScenarios,
  'parallel gateway': parallelGatewayScenarios,
  'inclusive gateway': inclusiveGatewayScenarios,
  'event-based gateway': eventBasedGatewayScenarios,
  message: messageScenarios,
  'receive task': receiveTaskScenarios,
  'message start event': messageStartScenarios,
  'timer catch event': timerScenarios,
  'timer start event': timerStartScenarios,
  'timer boundary event': timerBoundaryScenarios,
  signal: signalScenarios,
  'signal start event': signalStartScenarios,
  'error and terminate events': errorScenarios,
  subprocess: subProcessScenarios,
  'event subprocess': eventSubProcessScenarios,
  'multi-instance': multiInstanceScenarios,
  'link events': linkScenarios,
  'escalation events': escalationScenarios,
  compensation: compensationScenarios,
  'call activity': callActivityScenarios,
  'call activity, its borders': callBorderScenarios,
  'start instructions': startInstructionScenarios,
  modification: modificationScenarios,
  migration: migrationScenarios,
  'user task': userTaskScenarios,
  'who does a user task': assignedUserTaskScenarios,
  'execution listeners': listenerScenarios,
  'other tasks': taskScenarios,
  deployment: deploymentScenarios,
  'decisions and forms': resourceScenarios,
  deletion: deletionScenarios,
}
