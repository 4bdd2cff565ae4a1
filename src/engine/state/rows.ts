import type { Key, Variables } from '../key.ts'

/** A deployed version of a process, with its resource. `checksum`: hex SHA-256 of the resource. */
export interface DeployedProcessRow {
  key: Key
  bpmnProcessId: string
  version: number
  versionTag?: string
  resourceName: string
  checksum: string
  deploymentKey: Key
  xml: string
}

/** A deployed version of a file of decisions. `checksum`: hex SHA-256 of the resource. */
export interface DecisionRequirementsRow {
  key: Key
  decisionRequirementsId: string
  name: string
  version: number
  namespace: string
  resourceName: string
  checksum: string
  deploymentKey: Key
  xml: string
}

/** A deployed version of a decision: one of those in its requirements' file. */
export interface DecisionRow {
  key: Key
  decisionId: string
  name: string
  version: number
  versionTag?: string
  decisionRequirementsId: string
  decisionRequirementsKey: Key
  deploymentKey: Key
}

/** The highest version of a process or form that was deleted: the next one is higher. `key`: the deleted resource's. */
export interface RetiredVersion {
  key: Key
  kind: 'process' | 'form'
  id: string
  version: number
}

/** A deployed version of a form, as it was sent. `checksum`: hex SHA-256 of the resource. */
export interface FormRow {
  key: Key
  formId: string
  version: number
  versionTag?: string
  resourceName: string
  checksum: string
  deploymentKey: Key
  json: string
}

export type ElementState = 'ACTIVATING' | 'ACTIVATED' | 'COMPLETING' | 'COMPLETED' | 'TERMINATING' | 'TERMINATED'

/** What happened to an element instance and is to be taken on: a boundary event, a caught message, a thrown error. */
export interface EventTrigger {
  eventKey: Key
  elementId: string
  variables: Variables
  /** The boundary event ends its host; an event subprocess, all else in its scope. */
  interrupting: boolean
  /** The event subprocess that its start event begins. */
  eventSubProcessId?: string
}

/** The element type of what lies around the instances of a multi-instance activity. */
export const bodyType = 'MULTI_INSTANCE_BODY'

/**
 * A running element. The process itself is the one whose key is its instance's, with scope -1. A multi-instance
 * activity has two levels: its body (`multiInstance`), whose elementType is MULTI_INSTANCE_BODY, and the instances in it.
 */
export interface ElementInstance {
  key: Key
  processInstanceKey: Key
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  elementId: string
  elementType: string
  scopeKey: Key
  state: ElementState
  /** Tokens on sequence flows in this scope: taken, and not yet arrived at an element's activation. */
  activeFlows: number
  /** Per joining gateway in this scope: how often each incoming flow was taken and not yet joined. */
  takenFlows?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** In a multi-instance body: its n-th instance, from 1. On the body: how many were started. */
  loopCounter?: number
  /** On a multi-instance body: how many instances it has still to start, at the next tick. */
  rest?: number
  /** On a multi-instance body: how many of its instances were terminated while it went on. */
  terminatedInstances?: number
  triggers: readonly EventTrigger[]
  /** How many jobs of listeners were made before it is active, or before it is completed. */
  listened?: number
  /** It compensates an activity. */
  compensates?: boolean
  /** A terminate end event ended the rest of this scope. */
  interrupted?: boolean
  /** The event subprocess that ended the rest of this scope. */
  interruptedBy?: string
  /** Of a process instance: the call activity that runs it, and that one's process instance. */
  parentElementInstanceKey?: Key
  parentProcessInstanceKey?: Key
  /** The message that started the instance, so that one instance a key is active. */
  startMessage?: { correlationKey: string }
}

/** The variables that are local to one element instance. */
export interface VariableScope {
  key: Key
  processInstanceKey: Key
  values: Variables
  /** Each variable's own, from its creation on. */
  keys?: Readonly<Record<string, Key>>
}

export type JobState = 'ACTIVATABLE' | 'ACTIVATED' | 'FAILED' | 'ERROR_THROWN'

/** `deadline` and `recurAt` in milliseconds since the epoch. A job that failed without retries left, or was too large to be sent, stays FAILED until its incident is resolved. */
export interface Job {
  key: Key
  processInstanceKey: Key
  elementInstanceKey: Key
  elementId: string
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  type: string
  customHeaders: Readonly<Record<string, string>>
  retries: number
  state: JobState
  worker: string
  deadline?: number
  recurAt?: number
  errorCode?: string
  errorMessage?: string
  /** An execution listener's: which of its element's events it listens to. */
  listensTo?: 'START' | 'END'
}

/** A user task that the engine has itself; `createdAt` in milliseconds since the epoch. What is not said is absent. */
export interface UserTaskRow extends UserTaskChanges {
  key: Key
  processInstanceKey: Key
  elementInstanceKey: Key
  elementId: string
  processDefinitionKey: Key
  bpmnProcessId: string
  version: number
  customHeaders: Readonly<Record<string, string>>
  createdAt: number
  assignee?: string
  formKey?: Key
  externalFormReference?: string
}

/** What a client may change of a user task. */
export interface UserTaskChanges {
  candidateGroups?: readonly string[]
  candidateUsers?: readonly string[]
  dueDate?: string
  followUpDate?: string
  priority?: number
}

/**
 * `due` in milliseconds since the epoch; `repetitions` left (-1: for ever), `interval` as ISO 8601 or cron. One that starts instances is of a
 * process (`processDefinitionKey`); its element instance is -1, and its process instance the last one that it started, or -1.
 */
export interface Timer {
  key: Key
  processDefinitionKey?: Key
  processInstanceKey: Key
  elementInstanceKey: Key
  targetElementId: string
  due: number
  repetitions: number
  interval?: string
  /** How often a cycle without length has come. */
  atOnce?: number
}

/** An instance waits for a message; name and key are fixed when the element was entered. */
export interface Subscription {
  key: Key
  processInstanceKey: Key
  elementInstanceKey: Key
  targetElementId: string
  bpmnProcessId: string
  messageName: string
  correlationKey: string
  interrupting: boolean
}

/** An element instance waits for a signal; or the latest version of a process does, and then both of its instances are -1. */
export interface SignalSubscription {
  key: Key
  processInstanceKey: Key
  processDefinitionKey: Key
  bpmnProcessId: string
  signalName: string
  catchEventId: string
  catchEventInstanceKey: Key
}

/** The latest version of a process waits for a message that starts it. */
export interface StartSubscription {
  key: Key
  processDefinitionKey: Key
  bpmnProcessId: string
  startEventId: string
  messageName: string
}

/** A completed activity that can be compensated, or is being so. `compensationHandlerId`: none where it is a scope in which that can be. */
export interface CompensationSubscription {
  key: Key
  processInstanceKey: Key
  processDefinitionKey: Key
  compensableActivityId: string
  compensableActivityInstanceKey: Key
  compensableActivityScopeKey: Key
  compensationHandlerId?: string
  throwEventId?: string
  throwEventInstanceKey?: Key
  compensationHandlerInstanceKey?: Key
}

export interface Incident {
  key: Key
  processInstanceKey: Key
  elementInstanceKey: Key
  elementId: string
  bpmnProcessId: string
  processDefinitionKey: Key
  type: IncidentType
  message: string
  variableScopeKey: Key
  jobKey?: Key
}

export type IncidentType =
  | 'IO_MAPPING_ERROR'
  | 'EXTRACT_VALUE_ERROR'
  | 'CONDITION_ERROR'
  | 'CALLED_ELEMENT_ERROR'
  | 'JOB_NO_RETRIES'
  | 'EXECUTION_LISTENER_NO_RETRIES'
  | 'MESSAGE_SIZE_EXCEEDED'
  | 'UNHANDLED_ERROR_EVENT'
  | 'FORM_NOT_FOUND'
  | 'CALLED_DECISION_ERROR'
  | 'DECISION_EVALUATION_ERROR'
  | 'UNKNOWN'

/** A buffered message: kept until it expires, even after it correlated. */
export interface Message {
  key: Key
  name: string
  correlationKey: string
  messageId: string
  variables: Variables
  deadline: number
  /** The processes that it correlated to: once each. */
  correlatedTo: readonly string[]
}

/**
 * A message as the state keeps it, its variables as the text of their JSON: most are never looked at, there may be a hundred thousand, and each
 * object is one more that V8 comes by whenever it collects.
 */
export interface KeptMessage extends Omit<Message, 'variables'> {
  json: string
}

/** An open incident, as operators see it. */
export interface OpenIncident {
  key: Key
  type: IncidentType
  message: string
  processInstanceKey: Key
  bpmnProcessId: string
  elementId: string
  elementInstanceKey: Key
  jobKey?: Key
}
