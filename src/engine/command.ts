import type { CompiledResource } from './compile/model.ts'
import type { DecisionEvaluation } from './decisionEvaluation.ts'
import type { EngineEvent } from './event.ts'
import type { ActivateInstruction, MappingInstruction } from './instructions.ts'
import type { Key, Variables } from './key.ts'
import type { Drafts } from './records/record.ts'
import type { DecisionRequirementsRow, DecisionRow, FormRow, UserTaskChanges } from './state/rows.ts'

export { type Key, keyBase, type Variables } from './key.ts'

/** What the gateway may ask for; one command a call. `Tick` is the clock's. */
export type Command = AnyCommand & {
  /** The client's own number for it: its records carry it. */
  operationReference?: number
}

type AnyCommand =
  | DeployResource
  | DeleteResource
  | EvaluateDecision
  | CreateProcessInstance
  | CancelProcessInstance
  | ModifyProcessInstance
  | MigrateProcessInstance
  | ActivateJobs
  | CompleteJob
  | FailJob
  | ThrowError
  | UpdateJob
  | UpdateJobRetries
  | UpdateJobTimeout
  | CompleteUserTask
  | AssignUserTask
  | UpdateUserTask
  | PublishMessage
  | BroadcastSignal
  | SetVariables
  | ResolveIncident
  | Tick

/** Resources are compiled before (`compileResource`, asynchronous): deciding is not. */
export interface DeployResource {
  type: 'DeployResource'
  resources: readonly CompiledResource[]
}

/** `resourceKey`: of a process, of a file of decisions (its requirements), or of a form. */
export interface DeleteResource {
  type: 'DeleteResource'
  resourceKey: Key
}

/** Which decision: the latest version of `decisionId`, else by `decisionKey`. */
export interface EvaluateDecision {
  type: 'EvaluateDecision'
  decisionId: string
  decisionKey: Key
  variables: Variables
}

/** Which process: by `processDefinitionKey`, or by `bpmnProcessId` and `version` (-1 or absent: the latest). */
export interface CreateProcessInstance {
  type: 'CreateProcessInstance'
  bpmnProcessId?: string
  version?: number
  processDefinitionKey?: Key
  variables: Variables
  startInstructions?: readonly { elementId: string }[]
  /** The client waits for the instance's end. */
  awaitsResult?: boolean
}

export interface CancelProcessInstance {
  type: 'CancelProcessInstance'
  processInstanceKey: Key
}

/** Puts elements into a running instance, and takes element instances out of it. */
export interface ModifyProcessInstance {
  type: 'ModifyProcessInstance'
  processInstanceKey: Key
  activateInstructions: readonly ActivateInstruction[]
  terminateInstructions: readonly { elementInstanceKey: Key }[]
}

/** Carries a running instance over to another process definition: each of its elements to the one that it is mapped to. */
export interface MigrateProcessInstance {
  type: 'MigrateProcessInstance'
  processInstanceKey: Key
  targetProcessDefinitionKey: Key
  mappingInstructions: readonly MappingInstruction[]
}

/** `timeout` in milliseconds; an empty `fetchVariables` means all. */
export interface ActivateJobs {
  type: 'ActivateJobs'
  jobType: string
  worker: string
  timeout: number
  maxJobsToActivate: number
  fetchVariables: readonly string[]
}

export interface CompleteJob {
  type: 'CompleteJob'
  jobKey: Key
  variables: Variables
}

/** `retryBackOff` in milliseconds. */
export interface FailJob {
  type: 'FailJob'
  jobKey: Key
  retries: number
  errorMessage: string
  retryBackOff: number
  variables: Variables
}

export interface ThrowError {
  type: 'ThrowError'
  jobKey: Key
  errorCode: string
  errorMessage: string
  variables: Variables
}

/** All of it or nothing: what the REST API's clients ask. */
export interface UpdateJob {
  type: 'UpdateJob'
  jobKey: Key
  retries?: number
  timeout?: number
}

export interface UpdateJobRetries {
  type: 'UpdateJobRetries'
  jobKey: Key
  retries: number
}

/** `timeout` in milliseconds from now. */
export interface UpdateJobTimeout {
  type: 'UpdateJobTimeout'
  jobKey: Key
  timeout: number
}

/** Of all three: an empty `action` is the command's own name. */
export interface CompleteUserTask {
  type: 'CompleteUserTask'
  userTaskKey: Key
  variables: Variables
  action: string
}

/** An empty `assignee` is nobody. Without `allowOverride` a task that is another's is refused. */
export interface AssignUserTask {
  type: 'AssignUserTask'
  userTaskKey: Key
  assignee: string
  action: string
  allowOverride: boolean
}

export interface UpdateUserTask {
  type: 'UpdateUserTask'
  userTaskKey: Key
  changes: UserTaskChanges
  action: string
}

/** `timeToLive` in milliseconds. An empty `messageId` is none. */
export interface PublishMessage {
  type: 'PublishMessage'
  name: string
  correlationKey: string
  timeToLive: number
  messageId: string
  variables: Variables
}

export interface BroadcastSignal {
  type: 'BroadcastSignal'
  signalName: string
  variables: Variables
}

export interface SetVariables {
  type: 'SetVariables'
  elementInstanceKey: Key
  variables: Variables
  local: boolean
}

export interface ResolveIncident {
  type: 'ResolveIncident'
  incidentKey: Key
}

/** Everything due at or before now: timers, job timeouts, retry back-offs, message expiry. */
export interface Tick {
  type: 'Tick'
  /** Owners of what is left out, since the engine failed at it. */
  banned?: ReadonlySet<Key>
}

/** What a command is answered with, by the command's type. */
export type Response =
  | {
      type: 'DeployResource'
      key: Key
      processes: DeployedProcess[]
      decisions: DecisionRow[]
      decisionRequirements: DecisionRequirementsRow[]
      forms: FormRow[]
    }
  | { type: 'DeleteResource' }
  | { type: 'EvaluateDecision'; key: Key; evaluation: DecisionEvaluation }
  | {
      type: 'CreateProcessInstance'
      processDefinitionKey: Key
      bpmnProcessId: string
      version: number
      processInstanceKey: Key
    }
  | { type: 'CancelProcessInstance' }
  | { type: 'ModifyProcessInstance' }
  | { type: 'MigrateProcessInstance' }
  | { type: 'ActivateJobs'; jobs: ActivatedJob[] }
  | { type: 'CompleteJob' }
  | { type: 'FailJob' }
  | { type: 'ThrowError' }
  | { type: 'UpdateJob' }
  | { type: 'UpdateJobRetries' }
  | { type: 'UpdateJobTimeout' }
  | { type: 'CompleteUserTask' }
  | { type: 'AssignUserTask' }
  | { type: 'UpdateUserTask' }
  | { type: 'PublishMessage'; key: Key }
  | { type: 'BroadcastSignal'; key: Key }
  | { type: 'SetVariables'; key: Key }
  | { type: 'ResolveIncident' }
  /** `happened`: whether something was due. */
  | { type: 'Tick'; happened: boolean }

export interface DeployedProcess {
  bpmnProcessId: string
  version: number
  processDefinitionKey: Key
  resourceName: string
}

/** `deadline` in milliseconds since the epoch. */
export interface ActivatedJob {
  key: Key
  type: string
  processInstanceKey: Key
  bpmnProcessId: string
  processDefinitionVersion: number
  processDefinitionKey: Key
  elementId: string
  elementInstanceKey: Key
  customHeaders: Readonly<Record<string, string>>
  worker: string
  retries: number
  deadline: number
  variables: Variables
}

/** The gRPC status names that the core rejects with, and the real engine's words. */
export interface Rejection {
  code: 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'FAILED_PRECONDITION' | 'RESOURCE_EXHAUSTED' | 'INTERNAL'
  message: string
  /** Its record says so, though the client is told otherwise. */
  recordedAs?: 'INVALID_STATE'
}

/** A process instance that ended in this decision, for CreateProcessInstanceWithResult. `variables` are the root scope's. */
export interface FinishedInstance {
  processInstanceKey: Key
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  outcome: 'completed' | 'terminated'
  variables: Variables
}

/** `availableJobTypes`: types of which jobs became activatable (wake long polls). `finished`: instances that ended. */
export interface Accepted {
  events: EngineEvent[]
  response: Response
  availableJobTypes: ReadonlySet<string>
  finished: FinishedInstance[]
  /** Where they were asked for. */
  records?: Drafts
}

export interface Refused {
  rejection: Rejection
  /** Where they were asked for. */
  records?: Drafts
}

export type Decision = Accepted | Refused
