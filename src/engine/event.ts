import type { DecisionRequirements } from '../dmn/model.ts'
import type { ProcessModel } from './compile/model.ts'
import type { DecisionEvaluation } from './decisionEvaluation.ts'
import type { ActivateInstruction, MappingInstruction } from './instructions.ts'
import type { Key, Variables } from './key.ts'
import type {
  CompensationSubscription,
  DecisionRequirementsRow,
  DecisionRow,
  DeployedProcessRow,
  ElementInstance,
  EventTrigger,
  FormRow,
  Incident,
  Job,
  Message,
  SignalSubscription,
  StartSubscription,
  Subscription,
  Timer,
  UserTaskChanges,
  UserTaskRow,
} from './state/rows.ts'

/**
 * What happened, in the past tense, named near Zeebe's record intents. `key` is the record's key.
 * Events carry what they change, so that `evolve` needs nothing else.
 */
export type EngineEvent =
  | {
      type: 'DEPLOYMENT_CREATED'
      key: Key
      processDefinitionKeys: Key[]
      decisionRequirementsKeys: Key[]
      decisionKeys: Key[]
      formKeys: Key[]
    }
  /** `model` is derived from `process.xml`, at hand so that it need not be compiled twice. */
  | { type: 'PROCESS_CREATED'; key: Key; process: DeployedProcessRow; model: ProcessModel }
  /** `model` as above. */
  | {
      type: 'DECISION_REQUIREMENTS_CREATED'
      key: Key
      requirements: DecisionRequirementsRow
      model: DecisionRequirements
    }
  | { type: 'DECISION_CREATED'; key: Key; decision: DecisionRow }
  | { type: 'FORM_CREATED'; key: Key; form: FormRow }
  | { type: 'RESOURCE_DELETING' | 'RESOURCE_DELETED'; key: Key; resourceKey: Key }
  | { type: 'PROCESS_DELETING' | 'PROCESS_DELETED'; key: Key; processDefinitionKey: Key }
  | { type: 'DECISION_DELETED'; key: Key; decisionKey: Key }
  | { type: 'DECISION_REQUIREMENTS_DELETED'; key: Key; decisionRequirementsKey: Key }
  | { type: 'FORM_DELETED'; key: Key; formKey: Key }
  | { type: 'DECISION_EVALUATED' | 'DECISION_EVALUATION_FAILED'; key: Key; evaluation: DecisionEvaluation }
  | {
      type: 'PROCESS_INSTANCE_CREATED'
      key: Key
      processInstanceKey: Key
      processDefinitionKey: Key
      bpmnProcessId: string
      version: number
      variables: Variables
    }
  /** Elements were put into an instance and taken out of it. `ancestorScopeKeys`: the scopes around an element that was put in. */
  | {
      type: 'PROCESS_INSTANCE_MODIFIED'
      key: Key
      activateInstructions: readonly (ActivateInstruction & { ancestorScopeKeys: readonly Key[] })[]
      terminateInstructions: readonly { elementInstanceKey: Key }[]
    }
  | {
      type: 'PROCESS_INSTANCE_MIGRATED'
      key: Key
      targetProcessDefinitionKey: Key
      mappingInstructions: readonly MappingInstruction[]
    }
  /** What belongs to an instance is another definition's from now on; each as it is then. */
  | { type: 'ELEMENT_MIGRATED'; key: Key; element: ElementInstance }
  | { type: 'JOB_MIGRATED'; key: Key; job: Job }
  | { type: 'USER_TASK_MIGRATED'; key: Key; task: UserTaskRow }
  | { type: 'INCIDENT_MIGRATED'; key: Key; incident: Incident }
  | { type: 'TIMER_MIGRATED'; key: Key; timer: Timer }
  | { type: 'MESSAGE_SUBSCRIPTION_MIGRATED'; key: Key; subscription: Subscription }
  | { type: 'SIGNAL_SUBSCRIPTION_MIGRATED'; key: Key; subscription: SignalSubscription }
  /** `arrivedBy`: the flows whose tokens it takes: one, or at a join one of each. */
  | { type: 'ELEMENT_ACTIVATING'; key: Key; element: ElementInstance; arrivedBy: readonly string[] }
  | { type: 'ELEMENT_ACTIVATED'; key: Key }
  | { type: 'ELEMENT_COMPLETING'; key: Key }
  /** `interruptsScope`: a terminate end event; what else is on its way in the scope is gone. `brings`: a called process hands its variables over. */
  | { type: 'ELEMENT_COMPLETED'; key: Key; interruptsScope?: boolean; brings?: BroughtToCaller }
  | { type: 'ELEMENT_TERMINATING'; key: Key }
  | { type: 'ELEMENT_TERMINATED'; key: Key }
  /** `joinId`: it leads to a gateway where its token waits for others. */
  | { type: 'SEQUENCE_FLOW_TAKEN'; key: Key; scopeKey: Key; flowId: string; joinId?: string }
  /** A link leads to its catch event: its token is on its way, as on a sequence flow. */
  | { type: 'LINK_FOLLOWED'; key: Key; scopeKey: Key }
  /** A multi-instance body started its n-th instance; `rest`: how many it starts at the next tick. */
  | { type: 'MULTI_INSTANCE_ADVANCED'; key: Key; loopCounter: number; rest: number }
  /** `processInstanceKey`: of a scope that comes later. */
  | {
      type: 'VARIABLE_CREATED' | 'VARIABLE_UPDATED'
      key: Key
      scopeKey: Key
      name: string
      value: unknown
      processInstanceKey?: Key
    }
  | { type: 'VARIABLE_DOCUMENT_UPDATED'; key: Key; scopeKey: Key; variables: Variables; local: boolean }
  | { type: 'EVENT_TRIGGERED'; key: Key; elementInstanceKey: Key; trigger: EventTrigger }
  /** The variables of a trigger were set. */
  | { type: 'EVENT_CONSUMED'; key: Key; elementInstanceKey: Key }
  | { type: 'JOB_CREATED'; key: Key; job: Job }
  | { type: 'JOB_ACTIVATED'; key: Key; worker: string; deadline: number }
  /** No client could take it. */
  | { type: 'JOB_DISABLED'; key: Key }
  | { type: 'JOB_COMPLETED'; key: Key; variables: Variables }
  | { type: 'JOB_FAILED'; key: Key; retries: number; errorMessage: string; recurAt?: number }
  | { type: 'JOB_RECURRED_AFTER_BACKOFF'; key: Key }
  | { type: 'JOB_TIMED_OUT'; key: Key }
  | { type: 'JOB_UPDATED'; key: Key; changes: { retries?: number; deadline?: number } }
  | { type: 'JOB_RETRIES_UPDATED'; key: Key; retries: number }
  | { type: 'JOB_TIMEOUT_UPDATED'; key: Key; deadline: number }
  | {
      type: 'JOB_ERROR_THROWN'
      key: Key
      errorCode: string
      errorMessage: string
      variables: Variables
      caught: boolean
    }
  | { type: 'JOB_CANCELED'; key: Key }
  | { type: 'USER_TASK_CREATED'; key: Key; task: UserTaskRow }
  | { type: 'USER_TASK_ASSIGNED'; key: Key; assignee: string; action: string }
  | { type: 'USER_TASK_UPDATED'; key: Key; changes: UserTaskChanges; action: string }
  | { type: 'USER_TASK_COMPLETED'; key: Key; variables: Variables; action: string }
  | { type: 'USER_TASK_CANCELED'; key: Key }
  | { type: 'TIMER_CREATED'; key: Key; timer: Timer }
  /** `processInstanceKey`: the instance that it starts. */
  | { type: 'TIMER_TRIGGERED'; key: Key; processInstanceKey?: Key }
  | { type: 'TIMER_CANCELED'; key: Key }
  | { type: 'MESSAGE_PUBLISHED'; key: Key; message: Message }
  | { type: 'MESSAGE_EXPIRED'; key: Key }
  | { type: 'MESSAGE_SUBSCRIPTION_CREATED'; key: Key; subscription: Subscription }
  /** The message is kept for this subscription; no other instance of the process gets it. */
  | { type: 'MESSAGE_SUBSCRIPTION_CORRELATING'; key: Key; messageKey: Key; bpmnProcessId: string }
  /** `closes`: it was for one message only. */
  | { type: 'MESSAGE_SUBSCRIPTION_CORRELATED'; key: Key; messageKey: Key; variables: Variables; closes: boolean }
  /** The instance could not take the message any more: another one may. */
  | { type: 'MESSAGE_SUBSCRIPTION_REJECTED'; key: Key; messageKey: Key; bpmnProcessId: string }
  | { type: 'MESSAGE_SUBSCRIPTION_DELETED'; key: Key }
  | { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CREATED'; key: Key; subscription: StartSubscription }
  | {
      type: 'MESSAGE_START_EVENT_SUBSCRIPTION_CORRELATED'
      key: Key
      messageKey: Key
      bpmnProcessId: string
      processInstanceKey: Key
    }
  | { type: 'MESSAGE_START_EVENT_SUBSCRIPTION_DELETED'; key: Key }
  | {
      type: 'COMPENSATION_SUBSCRIPTION_CREATED' | 'COMPENSATION_SUBSCRIPTION_MIGRATED'
      key: Key
      subscription: CompensationSubscription
    }
  /** Without a handler it is a scope in which something is compensated. */
  | {
      type: 'COMPENSATION_SUBSCRIPTION_TRIGGERED'
      key: Key
      throwEventId: string
      throwEventInstanceKey: Key
      compensationHandlerInstanceKey?: Key
    }
  | { type: 'COMPENSATION_SUBSCRIPTION_COMPLETED' | 'COMPENSATION_SUBSCRIPTION_DELETED'; key: Key }
  | { type: 'SIGNAL_BROADCASTED'; key: Key; signalName: string; variables: Variables }
  | { type: 'SIGNAL_SUBSCRIPTION_CREATED'; key: Key; subscription: SignalSubscription }
  | { type: 'SIGNAL_SUBSCRIPTION_DELETED'; key: Key }
  | { type: 'INCIDENT_CREATED'; key: Key; incident: Incident }
  | { type: 'INCIDENT_RESOLVED'; key: Key }

/** What a process that was called leaves to the call activity. */
export interface BroughtToCaller {
  callerKey: Key
  variables: Variables
}
