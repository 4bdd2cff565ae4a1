import type { BroughtToCaller } from '../../event.ts'
import type { ElementInstance } from '../rows.ts'
import type { State } from '../state.ts'
import { changeElement } from './changeElement.ts'
import { type EventOf, type FoldsOf, nothing } from './fold.ts'

export const elements = {
  PROCESS_INSTANCE_CREATED: nothing,
  PROCESS_INSTANCE_MIGRATED: nothing,
  /** A scope that an event had ended takes up what was put into it. */
  PROCESS_INSTANCE_MODIFIED: (state, { activateInstructions }) => {
    for (const key of activateInstructions.flatMap(({ ancestorScopeKeys }) => ancestorScopeKeys)) {
      const scope = state.elements.get(key)
      if (scope?.interruptedBy === undefined && !scope?.interrupted) continue
      state.elements.put({ ...scope, interrupted: undefined, interruptedBy: undefined })
    }
  },
  ELEMENT_MIGRATED: (state, { element }) => state.elements.put(element),
  ELEMENT_ACTIVATING: activating,
  ELEMENT_ACTIVATED: (state, { key }) =>
    changeElement(state, key, { state: 'ACTIVATED', ...listenedAnew(state.elements.get(key)) }),
  ELEMENT_COMPLETING: (state, { key }) => changeElement(state, key, { state: 'COMPLETING' }),
  ELEMENT_TERMINATING: (state, { key }) => changeElement(state, key, { state: 'TERMINATING' }),
  ELEMENT_COMPLETED: (state, { key, interruptsScope, brings }) => {
    if (interruptsScope) interruptScope(state, key)
    if (brings) bringToCaller(state, brings)
    removeElement(state, key)
  },
  ELEMENT_TERMINATED: (state, { key }) => {
    countTerminated(state, key)
    removeElement(state, key)
  },
  SEQUENCE_FLOW_TAKEN: takeFlow,
  LINK_FOLLOWED: (state, { scopeKey }) =>
    changeElement(state, scopeKey, { activeFlows: state.elements.get(scopeKey)!.activeFlows + 1 }),
  MULTI_INSTANCE_ADVANCED: (state, { key, loopCounter, rest }) =>
    changeElement(state, key, { loopCounter, rest: rest || undefined }),
  EVENT_TRIGGERED: eventTriggered,
  EVENT_CONSUMED: (state, { key, elementInstanceKey }) => {
    const { triggers } = state.elements.get(elementInstanceKey)!
    changeElement(state, elementInstanceKey, {
      triggers: triggers.map((trigger) => (trigger.eventKey === key ? { ...trigger, variables: {} } : trigger)),
    })
  },
} satisfies Partial<FoldsOf>

function activating(state: State, { key, element, arrivedBy }: EventOf<'ELEMENT_ACTIVATING'>): void {
  state.elements.put(element)
  if (state.scopes.get(key) === undefined) {
    state.scopes.put({ key, processInstanceKey: element.processInstanceKey, values: {} })
  }
  takeOver(state, element)
  const scope = state.elements.get(element.scopeKey)
  if (scope === undefined || arrivedBy.length === 0) return
  const joined = scope.takenFlows?.[element.elementId]
  const takenFlows = joined && { ...scope.takenFlows, [element.elementId]: withoutOneOf(joined, arrivedBy) }
  state.elements.put({
    ...scope,
    activeFlows: scope.activeFlows - arrivedBy.length,
    ...(joined && { takenFlows }),
  })
}

/** An event subprocess that begins takes what began it from its scope. */
function takeOver(state: State, { scopeKey, elementType, triggers }: ElementInstance): void {
  const scope = elementType === 'EVENT_SUB_PROCESS' ? state.elements.get(scopeKey) : undefined
  if (scope === undefined || scope.triggers.length === 0) return
  const taken = new Set(triggers.map(({ eventKey }) => eventKey))
  state.elements.put({ ...scope, triggers: scope.triggers.filter(({ eventKey }) => !taken.has(eventKey)) })
}

function withoutOneOf(taken: Readonly<Record<string, number>>, flowIds: readonly string[]): Record<string, number> {
  const left = Object.entries(taken).map(([id, count]) => [id, flowIds.includes(id) ? count - 1 : count] as const)
  return Object.fromEntries(left.filter(([, count]) => count > 0))
}

function listenedAnew(element: ElementInstance | undefined): Pick<ElementInstance, 'listened'> {
  return element?.listened === undefined ? {} : { listened: undefined }
}

function interruptScope(state: State, key: number): void {
  const scope = state.elements.get(state.elements.get(key)!.scopeKey)!
  state.elements.put({ ...scope, activeFlows: 0, takenFlows: undefined, interrupted: true })
}

/** It is kept until the call activity completes. The real engine gives it the call activity's own key. */
function bringToCaller(state: State, { callerKey: eventKey, variables }: BroughtToCaller): void {
  const { elementId, triggers } = state.elements.get(eventKey)!
  changeElement(state, eventKey, { triggers: [...triggers, { eventKey, elementId, variables, interrupting: false }] })
}

/** A multi-instance body that goes on tells its completion condition. */
function countTerminated(state: State, key: number): void {
  const scope = state.elements.get(state.elements.get(key)!.scopeKey)
  if (scope?.elementType !== 'MULTI_INSTANCE_BODY' || scope.state !== 'ACTIVATED') return
  changeElement(state, scope.key, { terminatedInstances: (scope.terminatedInstances ?? 0) + 1 })
}

function removeElement(state: State, key: number): void {
  state.elements.delete(key)
  state.scopes.delete(key)
}

function takeFlow(state: State, { scopeKey, flowId, joinId }: EventOf<'SEQUENCE_FLOW_TAKEN'>): void {
  const scope = state.elements.get(scopeKey)!
  const taken = joinId === undefined ? undefined : (scope.takenFlows?.[joinId] ?? {})
  state.elements.put({
    ...scope,
    activeFlows: scope.activeFlows + 1,
    ...(joinId !== undefined && {
      takenFlows: { ...scope.takenFlows, [joinId]: { ...taken, [flowId]: (taken?.[flowId] ?? 0) + 1 } },
    }),
  })
}

/** What interrupts, and what is brought to an element itself, is kept until it is taken on. */
function eventTriggered(state: State, { elementInstanceKey, trigger }: EventOf<'EVENT_TRIGGERED'>): void {
  const element = state.elements.get(elementInstanceKey)!
  if (!trigger.interrupting && trigger.elementId !== element.elementId) return
  const isScope = trigger.eventSubProcessId !== undefined
  state.elements.put({
    ...element,
    triggers: [...element.triggers, trigger],
    ...(isScope && { activeFlows: 0, takenFlows: undefined, interruptedBy: trigger.eventSubProcessId }),
  })
}
