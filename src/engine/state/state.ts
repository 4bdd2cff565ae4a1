import type { DecisionRequirements } from '../../dmn/model.ts'
import type { ProcessModel } from '../compile/model.ts'
import type { Key } from '../key.ts'
import { decisionsPath, formPath, instancePath, messagePath, processPath, retiredPath } from './paths.ts'
import type {
  CompensationSubscription,
  DecisionRequirementsRow,
  DecisionRow,
  DeployedProcessRow,
  ElementInstance,
  FormRow,
  Incident,
  Job,
  KeptMessage,
  OpenIncident,
  RetiredVersion,
  SignalSubscription,
  StartSubscription,
  Subscription,
  Timer,
  UserTaskRow,
  VariableScope,
} from './rows.ts'
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
  readonly messages: Table<KeptMessage, 'byMessage' | 'due' | 'byMessageId'>
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
    messages: createTable(journal, (row: KeptMessage) => touch(messagePath(row.key)), {
      byMessage: (row) => ({ group: messageGroup(row.name, row.correlationKey) }),
      due: (row) => ({ group: all, order: row.deadline }),
      byMessageId: (row) =>
        row.messageId === '' ? undefined : { group: messageIdGroup(row.name, row.correlationKey, row.messageId) },
    }),
  }
}

/** Owners of whom none is left out. */
export const nobody: ReadonlySet<Key> = new Set()

/** Whose a timer is: a process instance's, or its own where it is to start one. */
export function ownerOf({ key, elementInstanceKey, processInstanceKey }: Timer): Key {
  return elementInstanceKey === -1 ? key : processInstanceKey
}

/** The oldest multi-instance body that has not started all of its instances. */
export function firstResting(state: State, banned: ReadonlySet<Key>): ElementInstance | undefined {
  return state.elements.each('resting', all).find(({ processInstanceKey }) => !banned.has(processInstanceKey))
}

/**
 * When the next `Tick` is owed, in milliseconds since the epoch; undefined: nothing waits for the clock, but what is owned by those who are
 * left out.
 */
export function nextDue(state: State, banned: ReadonlySet<Key> = nobody): number | undefined {
  if (firstResting(state, banned) !== undefined) return 0
  const timer = state.timers.each('due', all).find((timer) => !banned.has(ownerOf(timer)))
  const dues = [timer?.due, state.jobs.firstOrder('due', all), state.messages.firstOrder('due', all)]
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

/** Length-prefixed, since both parts may hold any character. Joined, since V8 keeps what `+` makes as a tree of its parts: an object each. */
export const messageGroup = lastKnown((name, correlationKey) => [name.length, ':', name, correlationKey].join(''))

/** The same of a message with an id of its own. */
export const messageIdGroup = lastKnown((name, correlationKey, messageId) =>
  [name.length, ':', correlationKey.length, ':', name, correlationKey, messageId].join(''),
)

/** A message's is asked for when it is looked for, and when it is kept. */
function lastKnown<Parts extends string[]>(groupOf: (...parts: Parts) => string): (...parts: Parts) => string {
  let last: Parts | undefined
  let group = ''
  return (...parts) => {
    if (!last?.every((part, place) => part === parts[place])) {
      group = groupOf(...parts)
      last = parts
    }
    return group
  }
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
