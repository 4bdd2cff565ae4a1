import type { EventSubProcess } from '../compile/model.ts'
import type { Catcher } from '../definitions/definition.ts'
import type { Variables } from '../key.ts'
import { elementOf, emit, modelOf, nextKey, note, queue, type Run } from '../run.ts'
import type { ElementInstance, EventTrigger } from '../state/rows.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import { activateEvent } from './eventActivation.ts'
import { terminateChildren } from './terminating.ts'
import { activated, queueCompletion } from './transitions.ts'

/** An element that waits takes an event on (message, timer, error): the catch event itself, its boundary event, or an event subprocess in it. */
export function trigger(run: Run, host: ElementInstance, catcher: Omit<Catcher, 'event'>, variables: Variables): void {
  const { elementId, interrupting, place, eventSubProcessId } = catcher
  const eventKey = nextKey(run)
  const begins = eventSubProcessId === undefined ? {} : { eventSubProcessId }
  const event: EventTrigger = { eventKey, elementId, variables, interrupting, ...begins }
  emit(run, { type: 'EVENT_TRIGGERED', key: eventKey, elementInstanceKey: host.key, trigger: event })
  if (place === 'boundary' && !interrupting) activateEvent(run, host, event)
  else if (place !== 'eventSubProcess')
    queue(run, { type: place === 'boundary' ? 'terminate' : 'complete', key: host.key })
  else if (!interrupting || interruptScope(run, host) === 0) beginEventSubProcess(run, host, event)
}

/** What an element instance waited for was done outside (its job): it completes with what that brought. */
export function completeWith(run: Run, instance: ElementInstance, variables: Variables): void {
  trigger(run, instance, { elementId: instance.elementId, interrupting: false, place: 'intermediateCatch' }, variables)
}

/** Nothing else begins in the scope, and what runs in it is ended; answers how many that are. */
function interruptScope(run: Run, scope: ElementInstance): number {
  const { eventSubProcesses } = elementOf(run, scope) as EventSubProcess
  const { elements } = modelOf(run, scope)
  const starts = new Set(eventSubProcesses.map((id) => (elements.get(id) as EventSubProcess).startEventId))
  unsubscribe(run, scope, (elementId) => starts.has(elementId))
  return terminateChildren(run, scope.key)
}

/** Queues an event subprocess with what began it. */
export function beginEventSubProcess(run: Run, scope: ElementInstance, trigger: EventTrigger): void {
  const elementId = trigger.eventSubProcessId!
  queue(run, { type: 'activate', key: nextKey(run), elementId, scopeKey: scope.key, trigger })
}

/** An element that did its work when it was entered keeps what came of it, in the variable of that name, and ends. */
export function bringResult(run: Run, instance: ElementInstance, name: string, value: unknown): void {
  const eventKey = nextKey(run)
  const event = { eventKey, elementId: instance.elementId, variables: { [name]: value }, interrupting: false }
  emit(run, { type: 'EVENT_TRIGGERED', key: eventKey, elementInstanceKey: instance.key, trigger: event })
  activated(run, instance)
  queueCompletion(run, instance)
}

/** What was brought to an element instance itself, by its job or its message: once, so that what an operator set after an incident stays. */
export function takeBrought(run: Run, instance: ElementInstance, elementId: string = instance.elementId): Variables {
  const brought = instance.triggers.findLast((trigger) => trigger.elementId === elementId)
  if (brought === undefined) return {}
  if (Object.keys(brought.variables).length === 0) {
    const { key: scopeKey, processInstanceKey, processDefinitionKey } = instance
    const of = { scopeKey, targetElementId: elementId, processInstanceKey, processDefinitionKey }
    note(run, { type: 'EVENT_TAKEN_ON', key: brought.eventKey, ...of })
    return {}
  }
  emit(run, { type: 'EVENT_CONSUMED', key: brought.eventKey, elementInstanceKey: instance.key })
  return brought.variables
}
