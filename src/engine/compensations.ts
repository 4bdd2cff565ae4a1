import type { BoundaryEvent, ElementModel, ProcessModel } from './compile/model.ts'
import { emit, isInner, modelOf, nextKey, queue, type Run } from './run.ts'
import { bodyType, type CompensationSubscription, type ElementInstance } from './state/rows.ts'

/**
 * An activity that completes can be compensated from now on: where it has a handler, or is a scope in which something can be.
 * BPMN 2.0.2 §13.5.5; the order of things is the real engine's.
 */
export function openCompensation(run: Run, instance: ElementInstance, element: ElementModel): void {
  const boundary = isInner(run, instance) ? undefined : compensationBoundary(modelOf(run, instance), element)
  if (boundary === undefined && !hasCompensable(run, instance)) return
  if (run.state.compensations.count('byActivity', instance.key) > 0) return
  const key = nextKey(run)
  const handlerId = boundary && handlerOf(boundary)
  emit(run, {
    type: 'COMPENSATION_SUBSCRIPTION_CREATED',
    key,
    subscription: {
      key,
      processInstanceKey: instance.processInstanceKey,
      processDefinitionKey: instance.processDefinitionKey,
      compensableActivityId: element.id,
      compensableActivityInstanceKey: instance.key,
      compensableActivityScopeKey: instance.scopeKey,
      ...(handlerId !== undefined && { compensationHandlerId: handlerId }),
    },
  })
}

/**
 * Compensates what was completed in the scope of the event that throws, or only one activity there: all handlers at once, in the order
 * in which their activities completed. From an event subprocess also in the scope around it. False where there is nothing to compensate.
 */
export function compensate(run: Run, thrower: ElementInstance, activityId?: string): boolean {
  const subscriptions = scopesReached(run, thrower)
    .flatMap((scopeKey) => untriggeredIn(run, scopeKey))
    .filter(({ compensableActivityId }) => activityId === undefined || compensableActivityId === activityId)
    .sort((a, b) => a.key - b.key)
  for (const subscription of subscriptions) triggerHandler(run, thrower, subscription)
  return subscriptions.length > 0
}

/** What threw the compensation goes on with its last handler. */
export function completeHandler(run: Run, handler: ElementInstance): void {
  const [subscription] = run.state.compensations.in('byHandler', handler.key)
  if (subscription === undefined) return
  emit(run, { type: 'COMPENSATION_SUBSCRIPTION_COMPLETED', key: subscription.key })
  completeScope(run, subscription.compensableActivityScopeKey)
  const throwerKey = subscription.throwEventInstanceKey!
  if (run.state.compensations.count('byThrower', throwerKey) > 0 || run.state.elements.get(throwerKey) === undefined) {
    return
  }
  queue(run, { type: 'complete', key: throwerKey })
}

/** A process instance takes with it what could be compensated in it. */
export function dropCompensations(run: Run, processInstanceKey: number): void {
  for (const { key } of run.state.compensations.in('byInstance', processInstanceKey)) {
    emit(run, { type: 'COMPENSATION_SUBSCRIPTION_DELETED', key })
  }
}

/** So does a subprocess that is terminated. */
export function dropCompensationsIn(run: Run, scopeKey: number): void {
  for (const { key, compensableActivityInstanceKey } of run.state.compensations.in('byScope', scopeKey)) {
    emit(run, { type: 'COMPENSATION_SUBSCRIPTION_DELETED', key })
    dropCompensationsIn(run, compensableActivityInstanceKey)
  }
}

/** What compensates an activity of a process. */
export function handlerIn(model: ProcessModel, activityId: string): string | undefined {
  const element = model.elements.get(activityId)
  const boundary = element && compensationBoundary(model, element)
  return boundary && handlerOf(boundary)
}

function compensationBoundary({ elements }: ProcessModel, element: ElementModel): BoundaryEvent | undefined {
  return element.boundaryEvents
    .map((id) => elements.get(id) as BoundaryEvent)
    .find(({ event }) => event.type === 'compensation')
}

function handlerOf({ event }: BoundaryEvent): string | undefined {
  return event.type === 'compensation' ? event.handlerId : undefined
}

function hasCompensable(run: Run, { key, elementType }: ElementInstance): boolean {
  const isScope = elementType === 'SUB_PROCESS' || elementType === bodyType
  return isScope && run.state.compensations.count('byScope', key) > 0
}

function scopesReached(run: Run, { scopeKey }: ElementInstance): number[] {
  const scope = run.state.elements.get(scopeKey)!
  return scope.elementType === 'EVENT_SUB_PROCESS' ? [scopeKey, scope.scopeKey] : [scopeKey]
}

function untriggeredIn(run: Run, scopeKey: number): CompensationSubscription[] {
  return run.state.compensations
    .in('byScope', scopeKey)
    .filter(({ throwEventInstanceKey }) => throwEventInstanceKey === undefined)
}

function triggerHandler(run: Run, thrower: ElementInstance, subscription: CompensationSubscription): void {
  const { key, compensableActivityId, compensableActivityInstanceKey, compensationHandlerId } = subscription
  const handlerKey =
    compensationHandlerId && activateHandler(run, thrower, compensableActivityId, compensationHandlerId)
  emit(run, {
    type: 'COMPENSATION_SUBSCRIPTION_TRIGGERED',
    key,
    throwEventId: thrower.elementId,
    throwEventInstanceKey: thrower.key,
    ...(handlerKey && { compensationHandlerInstanceKey: handlerKey }),
  })
  for (const inner of untriggeredIn(run, compensableActivityInstanceKey)) triggerHandler(run, thrower, inner)
}

/** It runs beside the event that throws, wherever its activity was. The boundary event is left as soon as it is entered. */
function activateHandler(run: Run, thrower: ElementInstance, activityId: string, handlerId: string): number {
  const model = modelOf(run, thrower)
  const boundary = compensationBoundary(model, model.elements.get(activityId)!)!
  passBoundary(run, thrower, boundary)
  const key = nextKey(run)
  queue(run, { type: 'activate', key, elementId: handlerId, scopeKey: thrower.scopeKey, compensates: true })
  return key
}

function passBoundary(run: Run, thrower: ElementInstance, { id, type }: BoundaryEvent): void {
  const { processInstanceKey, processDefinitionKey, bpmnProcessId, version, scopeKey } = thrower
  const key = nextKey(run)
  const of = { key, processInstanceKey, processDefinitionKey, bpmnProcessId, version, scopeKey }
  const element: ElementInstance = {
    ...of,
    elementId: id,
    elementType: type,
    state: 'ACTIVATING',
    activeFlows: 0,
    triggers: [],
  }
  emit(run, { type: 'ELEMENT_ACTIVATING', key, element, arrivedBy: [] })
  emit(run, { type: 'ELEMENT_ACTIVATED', key })
  emit(run, { type: 'ELEMENT_COMPLETING', key })
  emit(run, { type: 'ELEMENT_COMPLETED', key })
}

/** A subprocess is compensated when all in it is; so on upwards. */
function completeScope(run: Run, scopeKey: number): void {
  if (run.state.compensations.count('byScope', scopeKey) > 0) return
  const scope = run.state.compensations
    .in('byActivity', scopeKey)
    .find(({ compensationHandlerId }) => compensationHandlerId === undefined)
  if (scope === undefined) return
  emit(run, { type: 'COMPENSATION_SUBSCRIPTION_COMPLETED', key: scope.key })
  completeScope(run, scope.compensableActivityScopeKey)
}
