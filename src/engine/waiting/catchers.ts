import type { BoundaryEvent, ElementModel, EventSubProcess, StartEvent } from '../compile/model.ts'
import type { Catcher } from '../definitions/definition.ts'
import { elementOf, isInner, modelOf, type Run } from '../run.ts'
import { bodyType, type ElementInstance } from '../state/rows.ts'

/**
 * What can take an event on for an element instance, in the order of precedence: the element itself (a gateway: the events
 * after it), event subprocesses in it, boundary events on it. Of a multi-instance activity the boundary events are on the body, all else is each instance's.
 */
export function catchersOf(run: Run, instance: ElementInstance, element: ElementModel): Catcher[] {
  const isBody = instance.elementType === bodyType
  const own = isBody ? [] : [...ownCatchers(run, instance, element), ...eventSubProcesses(run, instance, element)]
  return [...own, ...(isInner(run, instance) ? [] : boundaryEvents(run, instance, element))]
}

/** The catcher that an event names; undefined where there is none. */
export function catcherOf(run: Run, instance: ElementInstance, elementId: string): Catcher | undefined {
  return catchersOf(run, instance, elementOf(run, instance)).find((catcher) => catcher.elementId === elementId)
}

/** Whether an element instance takes an event on: it runs, and nothing has ended it. After an event subprocess has ended the rest of a scope, only boundary events are left. */
export function canTrigger(
  run: Run,
  instance: ElementInstance | undefined,
  { place, elementId }: Pick<Catcher, 'place' | 'elementId'>,
): instance is ElementInstance {
  if (instance?.state !== 'ACTIVATED') return false
  const scope = run.state.elements.get(instance.scopeKey)
  if (scope !== undefined && (scope.interrupted || scope.interruptedBy !== undefined)) return false
  const ended = instance.triggers.some((trigger) => endsHost(instance, trigger.elementId, trigger.interrupting))
  if (ended) return false
  return place === 'boundary' || elementId === instance.elementId || instance.interruptedBy === undefined
}

/** Whether a trigger ends its host: its own event, or a boundary event that interrupts. */
function endsHost(host: ElementInstance, elementId: string, interrupting: boolean): boolean {
  return interrupting || elementId === host.elementId
}

function ownCatchers(run: Run, instance: ElementInstance, element: ElementModel): Catcher[] {
  if (element.kind === 'eventBasedGateway') {
    const { flows, elements } = modelOf(run, instance)
    return element.outgoing.flatMap((id) => ownCatcher(elements.get(flows.get(id)!.targetId)!))
  }
  return ownCatcher(element)
}

function ownCatcher(element: ElementModel): Catcher[] {
  if (element.kind !== 'receiveTask' && element.kind !== 'intermediateCatchEvent') return []
  return [{ elementId: element.id, interrupting: true, event: element.event, place: 'intermediateCatch' }]
}

function eventSubProcesses(run: Run, instance: ElementInstance, element: ElementModel): Catcher[] {
  if (!('eventSubProcesses' in element)) return []
  const { elements } = modelOf(run, instance)
  // The last one in the file first, as the real engine has them: it decides which incident is told.
  return element.eventSubProcesses.toReversed().flatMap((id) => {
    const { startEventId } = elements.get(id) as EventSubProcess
    const { event, interrupting } = elements.get(startEventId) as StartEvent
    if (event === undefined) return []
    return [{ elementId: startEventId, interrupting, event, place: 'eventSubProcess' as const, eventSubProcessId: id }]
  })
}

function boundaryEvents(run: Run, instance: ElementInstance, element: ElementModel): Catcher[] {
  const { elements } = modelOf(run, instance)
  return element.boundaryEvents.toReversed().map((id) => {
    const { event, interrupting } = elements.get(id) as BoundaryEvent
    return { elementId: id, interrupting, event, place: 'boundary' as const }
  })
}
