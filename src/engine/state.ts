import type { DecisionRequirements } from '../dmn/model.ts'
import type { ProcessModel } from './compile/model.ts'
import type { Key, Variables } from './key.ts'
import { createTable, type Journal, type Table } from './table.ts'
import type { IndexEntry } from './tableIndex.ts'

/**
 * The engine's state: rows in tables, as the real engine's column families. Rows are immutable and replaced as a
 * whole; every change goes through `Table.put` and `Table.delete`, which keep the indexes, the set of touched
 * documents, and (while a decision runs) the journal by which the decision is taken back.
 */
export interface State {
  readonly engineId: string
  /** How many keys were given out; the last key is `keyBase + counter`. */
  counter: number
  /** How many records were made. */
  position: number
  readonly journal: Journal
  readonly touched: Set<string>
  readonly processes: Table<DeployedProcessRow, 'byId'>
  readonly models: Map<Key, ProcessModel>
  readonly decisionRequirements: Table<DecisionRequirementsRow, 'byId'>
  /** By the key of their requirements. */
  readonly decisionModels: Map<Key, DecisionRequirements>
  readonly decisions: Table<DecisionRow, 'byId' | 'byRequirements'>
  readonly forms: Table<FormRow, 'byId'>
  readonly retiredVersions: Table<RetiredVersion, 'byId'>
  readonly elements: Table<ElementInstance, 'byScope' | 'byInstance' | 'byStart' | 'byCaller' | 'resting'>
  readonly scopes: Table<VariableScope, 'byInstance'>
  readonly jobs: Table<Job, 'activatable' | 'due' | 'byElement' | 'byInstance'>
  readonly timers: Table<Timer, 'due' | 'byElement' | 'byInstance' | 'byProcess'>
  readonly userTasks: Table<UserTaskRow, 'byElement' | 'byInstance'>
  readonly subscriptions: Table<Subscription, 'byMessage' | 'byElement' | 'byInstance'>
  readonly signalSubscriptions: Table<SignalSubscription, 'bySignal' | 'byElement' | 'byInstance' | 'byProcess'>
  readonly startSubscriptions: Table<StartSubscription, 'byMessage' | 'byProcess'>
  readonly compensations: Table<
    CompensationSubscription,
    'byScope' | 'byActivity' | 'byThrower' | 'byHandler' | 'byInstance'
  >
  readonly incidents: Table<Incident, 'byElement' | 'byJob' | 'byInstance'>
  readonly messages: Table<Message, 'byMessage' | 'due' | 'byMessageId'>
}

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

/**
 * `due` in milliseconds since the epoch; `repetitions` left (-1: for ever), `interval` as ISO 8601 or cron. One that starts instances is of a
 * process (`processDefinitionKey`); its element instance is -1, and its process instance the last one that it started, or -1.
 */
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

/** `due` in milliseconds since the epoch; `repetitions` left (-1: for ever), `interval` as ISO 8601 or cron. */
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

/** The one group of an index that has no groups. */
export const all = ''

/** A new engine. `engineId` is a UUID, made by the caller. */
export function emptyState(engineId: string, counter = 0, position = 0): State {
  const journal: Journal = { undo: undefined }
  const touched = new Set<string>()
  const touch = (path: string): void => {
    if (touched.has(path)) return
    touched.add(path)
    journal.undo?.push(() => touched.delete(path))
  }
  let lastInstance = { key: -1, path: '' }
  const ofInstance = ({ processInstanceKey: key }: { processInstanceKey: Key }): void => {
    // Mostly one instance's rows change one after the other.
    if (lastInstance.key !== key) lastInstance = { key, path: instancePath(key) }
    touch(lastInstance.path)
  }
  const ofTimer = (row: Timer): void => {
    if (row.processDefinitionKey === undefined) ofInstance(row)
    else touch(processPath(row.processDefinitionKey))
  }
  const ofSignalSubscription = (row: SignalSubscription): void => {
    if (startsProcess(row)) touch(processPath(row.processDefinitionKey))
    else ofInstance(row)
  }
  const byInstance = (row: { processInstanceKey: Key }) => ({ group: row.processInstanceKey })
  return {
    engineId,
    counter,
    position,
    journal,
    touched,
    models: new Map(),
    processes: createTable(journal, (row: DeployedProcessRow) => touch(processPath(row.key)), {
      byId: (row) => ({ group: row.bpmnProcessId, order: row.version }),
    }),
    decisionModels: new Map(),
    decisionRequirements: createTable(journal, (row: DecisionRequirementsRow) => touch(decisionsPath(row.key)), {
      byId: (row) => ({ group: row.decisionRequirementsId, order: row.version }),
    }),
    decisions: createTable(journal, (row: DecisionRow) => touch(decisionsPath(row.decisionRequirementsKey)), {
      byId: (row) => ({ group: row.decisionId, order: row.version }),
      byRequirements: (row) => ({ group: row.decisionRequirementsKey }),
    }),
    forms: createTable(journal, (row: FormRow) => touch(formPath(row.key)), {
      byId: (row) => ({ group: row.formId, order: row.version }),
    }),
    retiredVersions: createTable(journal, (row: RetiredVersion) => touch(retiredPath(row.key)), {
      byId: (row) => ({ group: retiredGroup(row.kind, row.id), order: row.version }),
    }),
    elements: createTable(journal, ofInstance, {
      byScope: (row: ElementInstance) => ({ group: row.scopeKey }),
      byInstance,
      byCaller: (row) =>
        row.parentElementInstanceKey === undefined ? undefined : { group: row.parentElementInstanceKey },
      resting: (row) => (row.rest && row.state === 'ACTIVATED' ? { group: all } : undefined),
      byStart: (row) => row.startMessage && { group: startLock(row.bpmnProcessId, row.startMessage.correlationKey) },
    }),
    scopes: createTable(journal, ofInstance, { byInstance: (row: VariableScope) => byInstance(row) }),
    jobs: createTable(journal, ofInstance, {
      activatable: (row: Job) => (row.state === 'ACTIVATABLE' ? { group: row.type } : undefined),
      due: dueJob,
      byElement: (row) => ({ group: row.elementInstanceKey }),
      byInstance,
    }),
    userTasks: createTable(journal, ofInstance, {
      byElement: (row: UserTaskRow) => ({ group: row.elementInstanceKey }),
      byInstance,
    }),
    timers: createTable(journal, ofTimer, {
      due: (row: Timer) => ({ group: all, order: row.due }),
      byElement: (row) => (isStartTimer(row) ? undefined : { group: row.elementInstanceKey }),
      byInstance: (row) => (isStartTimer(row) ? undefined : byInstance(row)),
      byProcess: ({ processDefinitionKey }) =>
        processDefinitionKey === undefined ? undefined : { group: processDefinitionKey },
    }),
    subscriptions: createTable(journal, ofInstance, {
      byMessage: (row: Subscription) => ({
        group: messageGroup(row.messageName, row.correlationKey),
        order: row.elementInstanceKey,
      }),
      byElement: (row) => ({ group: row.elementInstanceKey }),
      byInstance,
    }),
    signalSubscriptions: createTable(journal, ofSignalSubscription, {
      bySignal: (row: SignalSubscription) => ({
        group: row.signalName,
        order: startsProcess(row) ? row.processDefinitionKey : row.catchEventInstanceKey,
      }),
      byElement: (row) => (startsProcess(row) ? undefined : { group: row.catchEventInstanceKey }),
      byInstance: (row) => (startsProcess(row) ? undefined : byInstance(row)),
      byProcess: (row) => (startsProcess(row) ? { group: row.processDefinitionKey } : undefined),
    }),
    startSubscriptions: createTable(journal, (row: StartSubscription) => touch(processPath(row.processDefinitionKey)), {
      byMessage: (row) => ({ group: row.messageName, order: row.processDefinitionKey }),
      byProcess: (row) => ({ group: row.bpmnProcessId }),
    }),
    compensations: createTable(journal, ofInstance, {
      byScope: (row: CompensationSubscription) => ({ group: row.compensableActivityScopeKey }),
      byActivity: (row) => ({ group: row.compensableActivityInstanceKey }),
      byThrower: (row) => groupOf(row.throwEventInstanceKey),
      byHandler: (row) => groupOf(row.compensationHandlerInstanceKey),
      byInstance,
    }),
    incidents: createTable(journal, ofInstance, {
      byElement: (row: Incident) => ({ group: row.elementInstanceKey }),
      byJob: (row) => (row.jobKey === undefined ? undefined : { group: row.jobKey }),
      byInstance,
    }),
    messages: createTable(journal, (row: Message) => touch(messagePath(row.key)), {
      byMessage: (row) => ({ group: messageGroup(row.name, row.correlationKey) }),
      due: (row) => ({ group: all, order: row.deadline }),
      byMessageId: (row) =>
        row.messageId === '' ? undefined : { group: `${messageGroup(row.name, row.correlationKey)}\0${row.messageId}` },
    }),
  }
}

/** When the next `Tick` is owed, in milliseconds since the epoch; undefined: nothing waits for the clock. */
export function nextDue(state: State): number | undefined {
  if (state.elements.count('resting', all) > 0) return 0
  const dues = [state.timers, state.jobs, state.messages].map((table) => table.firstOrder('due', all))
  return dues.reduce((least, due) => (due === undefined || (least !== undefined && least <= due) ? least : due))
}

/** The open incidents, the oldest first. */
export function incidents(state: State): OpenIncident[] {
  return [...state.incidents.values()].sort((a, b) => a.key - b.key)
}

/** The paths of the documents that changed or vanished since the last call. */
export function takeTouched(state: State): Set<string> {
  const paths = new Set(state.touched)
  state.touched.clear()
  return paths
}

export const enginePath = 'engine.json'
export const instancePath = (key: Key): string => `instances/${key}.json`
export const processPath = (key: Key): string => `processes/${key}.json`
export const decisionsPath = (requirementsKey: Key): string => `decisions/${requirementsKey}.json`
export const formPath = (key: Key): string => `forms/${key}.json`
export const retiredPath = (key: Key): string => `retired/${key}.json`
export const messagePath = (key: Key): string => `messages/${key}.json`

/** Length-prefixed, since both parts may hold any character. */
export function messageGroup(name: string, correlationKey: string): string {
  return `${name.length}:${name}${correlationKey}`
}

export function retiredGroup(kind: RetiredVersion['kind'], id: string): string {
  return `${kind} ${id}`
}

/** The number of the next version of a process or form, after `latest`, those that were deleted included. */
export function versionAfter(state: State, kind: RetiredVersion['kind'], id: string, latest = 0): number {
  const retired = state.retiredVersions.in('byId', retiredGroup(kind, id)).at(-1)?.version ?? 0
  return Math.max(latest, retired) + 1
}

/** One instance per process and correlation key may run that was started by a message. */
export function startLock(bpmnProcessId: string, correlationKey: string): string {
  return messageGroup(bpmnProcessId, correlationKey)
}

function startsProcess({ catchEventInstanceKey }: SignalSubscription): boolean {
  return catchEventInstanceKey === -1
}

function isStartTimer({ processDefinitionKey }: Timer): boolean {
  return processDefinitionKey !== undefined
}

function groupOf(key: Key | undefined): IndexEntry {
  return key === undefined ? undefined : { group: key }
}

function dueJob(row: Job): IndexEntry {
  if (row.state === 'ACTIVATED' && row.deadline !== undefined) return { group: all, order: row.deadline }
  if (row.state === 'FAILED' && row.recurAt !== undefined) return { group: all, order: row.recurAt }
  return undefined
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
