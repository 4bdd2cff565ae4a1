import { CommitbaseError } from '../../errors.ts'
import { compileResource } from '../compile/compileResource.ts'
import type { Key } from '../key.ts'
import { keepMessage, messageAt } from './keptMessages.ts'
import { decisionsPath, enginePath, formPath, instancePath, messagePath, processPath, retiredPath } from './paths.ts'
import type {
  CompensationSubscription,
  DecisionRequirementsRow,
  DecisionRow,
  DeployedProcessRow,
  ElementInstance,
  FormRow,
  Incident,
  Job,
  Message,
  RetiredVersion,
  SignalSubscription,
  StartSubscription,
  Subscription,
  Timer,
  UserTaskRow,
  VariableScope,
} from './rows.ts'
import { emptyState, type State } from './state.ts'

interface EngineDocument {
  id: string
  counter: number
  /** Absent while no record was made. */
  position?: number
}

interface ProcessDocument extends DeployedProcessRow {
  startSubscriptions: readonly StartSubscription[]
  /** Absent where no timer starts it. */
  startTimers?: readonly Timer[]
  /** Absent where no signal does. */
  startSignals?: readonly SignalSubscription[]
}

interface DecisionsDocument extends DecisionRequirementsRow {
  decisions: readonly DecisionRow[]
}

interface InstanceDocument {
  processInstanceKey: Key
  bpmnProcessId: string
  version: number
  elements: readonly ElementInstance[]
  variables: readonly VariableScope[]
  jobs: readonly Job[]
  /** Absent where there are none. */
  userTasks?: readonly UserTaskRow[]
  timers: readonly Timer[]
  subscriptions: readonly Subscription[]
  /** Absent where it waits for no signal. */
  signalSubscriptions?: readonly SignalSubscription[]
  incidents: readonly Incident[]
  /** Absent where nothing can be compensated. */
  compensations?: readonly CompensationSubscription[]
}

/** All documents of a state, by path: `engine.json`, and `<key>.json` in `processes/`, `decisions/`, `forms/`, `retired/`, `instances/` and `messages/`. */
export function toDocuments(state: State): Map<string, unknown> {
  const instances = [...state.elements.values()].filter((element) => element.scopeKey === -1)
  return documentsAt(state, [
    enginePath,
    ...[...state.processes.values()].map((process) => processPath(process.key)),
    ...[...state.decisionRequirements.values()].map(({ key }) => decisionsPath(key)),
    ...[...state.forms.values()].map(({ key }) => formPath(key)),
    ...[...state.retiredVersions.values()].map(({ key }) => retiredPath(key)),
    ...instances.map((instance) => instancePath(instance.key)),
    ...[...state.messages.values()].map((message) => messagePath(message.key)),
  ])
}

/** The documents at these paths (see `takeTouched`), null for one that vanished. */
export function documentsAt(state: State, paths: Iterable<string>): Map<string, unknown | null> {
  return new Map([...paths].map((path) => [path, documentAt(state, path)]))
}

/** The state that the documents hold; indexes and compiled models are built again. Throws `invalid` for what is no state. */
export async function fromDocuments(documents: ReadonlyMap<string, unknown>): Promise<State> {
  const engine = documents.get(enginePath) as EngineDocument | undefined
  if (typeof engine?.id !== 'string' || !Number.isSafeInteger(engine.counter)) {
    throw new CommitbaseError(
      'invalid',
      `the engine's state has no ${enginePath} with an id and a counter; start with an empty one`,
    )
  }
  const state = emptyState(engine.id, engine.counter, engine.position)
  for (const [path, document] of documents) {
    const loading = load(state, path, document)
    if (loading) await loading
  }
  state.touched.clear()
  return state
}

function documentAt(state: State, path: string): unknown | null {
  if (path === enginePath) return engineDocument(state)
  const [folder, key] = partsOf(path)
  switch (folder) {
    case 'processes':
      return processDocument(state, key)
    case 'decisions':
      return decisionsDocument(state, key)
    case 'forms':
      return state.forms.get(key) ?? null
    case 'retired':
      return state.retiredVersions.get(key) ?? null
    case 'instances':
      return instanceDocument(state, key)
    case 'messages':
      return messageAt(state, key) ?? null
    default:
      throw notOurs(path)
  }
}

function engineDocument({ engineId, counter, position }: State): EngineDocument {
  return { id: engineId, counter, ...(position > 0 && { position }) }
}

function processDocument(state: State, key: Key): ProcessDocument | null {
  const process = state.processes.get(key)
  if (process === undefined) return null
  const startSubscriptions = state.startSubscriptions
    .in('byProcess', process.bpmnProcessId)
    .filter((subscription) => subscription.processDefinitionKey === key)
  const startTimers = state.timers.in('byProcess', key)
  const startSignals = state.signalSubscriptions.in('byProcess', key)
  return {
    ...process,
    startSubscriptions,
    ...(startTimers.length > 0 && { startTimers }),
    ...(startSignals.length > 0 && { startSignals }),
  }
}

function decisionsDocument(state: State, key: Key): DecisionsDocument | null {
  const requirements = state.decisionRequirements.get(key)
  return requirements ? { ...requirements, decisions: state.decisions.in('byRequirements', key) } : null
}

function instanceDocument(state: State, key: Key): InstanceDocument | null {
  const instance = state.elements.get(key)
  if (instance === undefined) return null
  const compensations = state.compensations.in('byInstance', key)
  const userTasks = state.userTasks.in('byInstance', key)
  const signalSubscriptions = state.signalSubscriptions.in('byInstance', key)
  return {
    processInstanceKey: key,
    bpmnProcessId: instance.bpmnProcessId,
    version: instance.version,
    elements: state.elements.in('byInstance', key),
    variables: state.scopes.in('byInstance', key),
    jobs: state.jobs.in('byInstance', key),
    ...(userTasks.length > 0 && { userTasks }),
    timers: state.timers.in('byInstance', key),
    subscriptions: state.subscriptions.in('byInstance', key),
    ...(signalSubscriptions.length > 0 && { signalSubscriptions }),
    incidents: state.incidents.in('byInstance', key),
    ...(compensations.length > 0 && { compensations }),
  }
}

/** A promise only of what has to be compiled: a hundred thousand others need not wait a turn each. */
function load(state: State, path: string, document: unknown): Promise<void> | undefined {
  if (path === enginePath) return undefined
  switch (partsOf(path)[0]) {
    case 'processes':
      return loadProcess(state, document as ProcessDocument)
    case 'decisions':
      return loadDecisions(state, document as DecisionsDocument)
    case 'forms':
      state.forms.put(document as FormRow)
      return undefined
    case 'retired':
      state.retiredVersions.put(document as RetiredVersion)
      return undefined
    case 'instances':
      loadInstance(state, document as InstanceDocument)
      return undefined
    case 'messages':
      state.messages.put(keepMessage(document as Message))
      return undefined
    default:
      throw notOurs(path)
  }
}

async function loadProcess(state: State, document: ProcessDocument): Promise<void> {
  const { startSubscriptions, startTimers = [], startSignals = [], ...process } = document
  const { models, problems } = await compileResource({ name: process.resourceName, content: process.xml })
  const model = models.find((candidate) => candidate.bpmnProcessId === process.bpmnProcessId)
  if (model === undefined) {
    throw new CommitbaseError(
      'invalid',
      `process '${process.bpmnProcessId}' of the engine's state no longer compiles: ${problems}`,
    )
  }
  state.processes.put(process)
  state.models.set(process.key, model)
  for (const subscription of startSubscriptions) state.startSubscriptions.put(subscription)
  for (const timer of startTimers) state.timers.put(timer)
  for (const signal of startSignals) state.signalSubscriptions.put(signal)
}

async function loadDecisions(state: State, { decisions, ...requirements }: DecisionsDocument): Promise<void> {
  const { decisions: model, problems } = await compileResource({
    name: requirements.resourceName,
    content: requirements.xml,
  })
  if (model === undefined) {
    throw new CommitbaseError(
      'invalid',
      `the decisions '${requirements.decisionRequirementsId}' of the engine's state no longer compile: ${problems}`,
    )
  }
  state.decisionRequirements.put(requirements)
  state.decisionModels.set(requirements.key, model)
  for (const decision of decisions) state.decisions.put(decision)
}

function loadInstance(state: State, document: InstanceDocument): void {
  for (const row of document.elements) state.elements.put(row)
  for (const row of document.variables) state.scopes.put(row)
  for (const row of document.jobs) state.jobs.put(row)
  for (const row of document.userTasks ?? []) state.userTasks.put(row)
  for (const row of document.timers) state.timers.put(row)
  for (const row of document.subscriptions) state.subscriptions.put(row)
  for (const row of document.signalSubscriptions ?? []) state.signalSubscriptions.put(row)
  for (const row of document.incidents) state.incidents.put(row)
  for (const row of document.compensations ?? []) state.compensations.put(row)
}

function partsOf(path: string): [folder: string, key: Key] {
  const [, folder = '', key = ''] = /^(\w+)\/(\d+)\.json$/.exec(path) ?? []
  return [folder, Number(key)]
}

function notOurs(path: string): CommitbaseError {
  return new CommitbaseError('invalid', `'${path}' is no document of the engine's state`)
}
