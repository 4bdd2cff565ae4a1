import type { ElementModel, ProcessModel } from './compile/model.ts'
import type { Key, Variables } from './key.ts'
import { emit, IncidentRaised, nextKey, queue, Rejected, type Run } from './run.ts'
import { bodyType, type ElementInstance } from './state/rows.ts'
import { setLocal } from './variables/variables.ts'
import { subscribe } from './waiting/subscribe.ts'

/** What puts an element into a process instance, other than a token. */
export interface Placing {
  /** The process instance, which need not be in the state yet. */
  readonly root: ElementInstance
  readonly elementId: string
  /** One of the scopes around it, where there are several that it could be in. */
  readonly ancestorKey?: Key
  /** Variables for the element or for scopes around it. */
  readonly variablesOf?: (elementId: string) => readonly Variables[]
  /** The client's command, for what it is refused with. */
  readonly command: string
}

/**
 * Queues the activation of an element inside of the scopes around it: those that run already, else new ones, which open at once with what
 * they wait for. Answers the keys of these scopes, the process instance first.
 */
export function place(run: Run, placing: Placing): Key[] {
  const { root, elementId } = placing
  const model = run.state.models.get(root.processDefinitionKey)!
  const keys: Key[] = []
  for (const scope of scopesAround(model, elementId)) {
    const parentKey = keys.at(-1) ?? -1
    const running = runningScope(run, placing, scope, parentKey)
    if (running === undefined) keys.push(openScope(run, placing, scope, parentKey))
    else {
      setVariables(run, placing, scope.id, running)
      keys.push(running)
    }
  }
  const key = nextKey(run)
  queue(run, { type: 'activate', key, elementId, scopeKey: keys.at(-1)! })
  setVariables(run, placing, elementId, key)
  return keys
}

/** From the process inwards. A multi-instance activity is two of them: its body, and the instance in it. */
function scopesAround(model: ProcessModel, elementId: string): ElementModel[] {
  const { scopeId } = model.elements.get(elementId)!
  const scope = model.elements.get(scopeId)
  if (scope === undefined) return []
  return [...scopesAround(model, scopeId), scope, ...(scope.multiInstance ? [scope] : [])]
}

/** The key of the instance of a scope that takes the element; undefined where a new one has to. */
function runningScope(run: Run, placing: Placing, scope: ElementModel, parentKey: Key): Key | undefined {
  const { ancestorKey, root, command } = placing
  const instances =
    parentKey === -1
      ? [run.state.elements.get(root.key)].filter((instance) => instance !== undefined)
      : run.state.elements.in('byScope', parentKey).filter(({ elementId }) => elementId === scope.id)
  const [only, ...others] = instances
  if (only === undefined) return undefined
  const isBelowChosen = (instance: ElementInstance) => ancestorKey !== undefined && isInside(run, instance, ancestorKey)
  if (others.length === 0) return isBelowChosen(only) ? undefined : only.key
  const chosen = ancestorKey === undefined ? undefined : instances.find(({ key }) => key === ancestorKey)
  if (chosen !== undefined) return chosen.key
  if (instances.some(isBelowChosen)) return undefined
  const ancestor = ancestorKey === undefined ? undefined : run.state.elements.get(ancestorKey)
  const around = ancestor && instances.find(({ key }) => isInside(run, ancestor, key))
  if (around !== undefined) return around.key
  throw new Rejected(
    'INVALID_ARGUMENT',
    command,
    `Expected to modify instance of process '${root.bpmnProcessId}' but it contains one or more activate instructions for an element that has a flow scope with more than one active instance: '${scope.id}'. Can't decide in which instance of the flow scope the element should be activated. Please specify an ancestor element instance key for this activate instruction.`,
  )
}

/** Whether an element instance lies in a scope, or in one of those in it. */
function isInside(run: Run, instance: ElementInstance, scopeKey: Key): boolean {
  for (let key = instance.scopeKey; key !== -1; key = run.state.elements.get(key)!.scopeKey) {
    if (key === scopeKey) return true
  }
  return false
}

/** It is there at once: no token came to it, no mapping is applied, and its start event does not begin. */
function openScope(run: Run, placing: Placing, scope: ElementModel, scopeKey: Key): Key {
  const { root } = placing
  const { bpmnProcessId } = root
  if (scope.multiInstance !== undefined) {
    const reason = `Expected to modify instance of process '${bpmnProcessId}' but it contains one or more activate instructions that would result in the activation of multi-instance element '${scope.id}', which is currently unsupported.`
    throw new Rejected('INVALID_ARGUMENT', placing.command, reason)
  }
  const isProcess = scopeKey === -1
  const key = isProcess ? root.key : nextKey(run)
  const element: ElementInstance = isProcess
    ? root
    : {
        key,
        processInstanceKey: root.key,
        processDefinitionKey: root.processDefinitionKey,
        bpmnProcessId,
        version: root.version,
        elementId: scope.id,
        elementType: scope.type,
        scopeKey,
        state: 'ACTIVATING',
        activeFlows: 0,
        triggers: [],
      }
  emit(run, { type: 'ELEMENT_ACTIVATING', key, element, arrivedBy: [] })
  setVariables(run, placing, scope.id, key)
  emit(run, { type: 'ELEMENT_ACTIVATED', key })
  subscribeOrRefuse(run, placing, element, scope)
  return key
}

function subscribeOrRefuse(run: Run, { command }: Placing, instance: ElementInstance, scope: ElementModel): void {
  try {
    subscribe(run, instance, scope)
  } catch (error) {
    if (!(error instanceof IncidentRaised)) throw error
    const reason = `Expected to subscribe to catch event(s) of '${scope.id}' but ${error.message}`
    throw new Rejected('INVALID_ARGUMENT', command, reason)
  }
}

function setVariables(run: Run, { variablesOf, root }: Placing, elementId: string, scopeKey: Key): void {
  for (const variables of variablesOf?.(elementId) ?? []) setLocal(run, scopeKey, variables, root.key)
}

/** In Zeebe's words, those of a multi-instance activity's body included; undefined where the process has no such element. */
export function typeOf(model: ProcessModel, elementId: string): string | undefined {
  if (model.flows.has(elementId)) return 'SEQUENCE_FLOW'
  const element = elementId === model.bpmnProcessId ? undefined : model.elements.get(elementId)
  return element?.multiInstance === undefined ? element?.type : bodyType
}

const unplaceable = new Set(['START_EVENT', 'SEQUENCE_FLOW', 'BOUNDARY_EVENT'])

/** Whether an element of a type may be where an instance begins or goes on. */
export function isPlaceable(type: string): boolean {
  return !unplaceable.has(type)
}

/** In the order of the real engine's enumeration. */
export const placeableTypes =
  '[PROCESS, SUB_PROCESS, EVENT_SUB_PROCESS, INTERMEDIATE_CATCH_EVENT, INTERMEDIATE_THROW_EVENT, END_EVENT, SERVICE_TASK, RECEIVE_TASK, USER_TASK, MANUAL_TASK, TASK, EXCLUSIVE_GATEWAY, PARALLEL_GATEWAY, EVENT_BASED_GATEWAY, INCLUSIVE_GATEWAY, MULTI_INSTANCE_BODY, CALL_ACTIVITY, BUSINESS_RULE_TASK, SCRIPT_TASK, SEND_TASK]'

/** Whether an event waits for an event-based gateway to be reached: it is never entered by itself. */
export function isAfterEventBasedGateway(model: ProcessModel, elementId: string): boolean {
  const { incoming } = model.elements.get(elementId)!
  return incoming.some((id) => model.elements.get(model.flows.get(id)!.sourceId)?.kind === 'eventBasedGateway')
}
