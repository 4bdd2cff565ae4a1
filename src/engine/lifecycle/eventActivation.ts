import type { Key } from '../key.ts'
import { emit, modelOf, nextKey, note, queue, type Run } from '../run.ts'
import type { ElementInstance, EventTrigger } from '../state/rows.ts'
import { setLocal } from '../variables/variables.ts'

/** A boundary event, or one that a gateway waited for, is active at once; its completion follows. */
export function activateEvent(run: Run, host: ElementInstance, event: EventTrigger): void {
  activateEventIn(run, host, event, { scopeKey: host.scopeKey, eventScopeKey: host.key })
}

/** The start event of a process instance that an event started; the process definition had waited for it. */
export function activateStartEvent(run: Run, instance: ElementInstance, event: EventTrigger): void {
  activateEventIn(run, instance, event, { scopeKey: instance.key, eventScopeKey: instance.processDefinitionKey })
}

function activateEventIn(
  run: Run,
  host: ElementInstance,
  event: EventTrigger,
  { scopeKey, eventScopeKey }: { scopeKey: Key; eventScopeKey: Key },
): void {
  const { processInstanceKey, processDefinitionKey } = host
  const taken = { key: event.eventKey, scopeKey: eventScopeKey, targetElementId: event.elementId }
  note(run, { type: 'EVENT_TAKEN_ON', ...taken, processInstanceKey, processDefinitionKey })
  const key = nextKey(run)
  const element = modelOf(run, host).elements.get(event.elementId)!
  const instance: ElementInstance = {
    key,
    processInstanceKey: host.processInstanceKey,
    processDefinitionKey: host.processDefinitionKey,
    bpmnProcessId: host.bpmnProcessId,
    version: host.version,
    elementId: element.id,
    elementType: element.type,
    scopeKey,
    state: 'ACTIVATING',
    activeFlows: 0,
    triggers: [],
  }
  emit(run, { type: 'ELEMENT_ACTIVATING', key, element: instance, arrivedBy: [] })
  emit(run, { type: 'ELEMENT_ACTIVATED', key })
  setLocal(run, key, event.variables)
  queue(run, { type: 'complete', key })
}
