import { arriving } from '../arriving.ts'
import type { ElementModel } from '../compile/model.ts'
import { raiseIncident } from '../incidents.ts'
import { listen, listenOn, takeListened } from '../jobs/listeners.ts'
import { arrivalAt } from '../joins.ts'
import type { Key, Variables } from '../key.ts'
import { guardAgainstLoops } from '../loopGuards.ts'
import { current, elementOf, emit, IncidentRaised, modelOf, nextKey, note, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import type { ActivateStep, Step } from '../step.ts'
import { leaveCompleted } from './leaving.ts'
import { isOpenFor, isScopeActive } from './openScopes.ts'

/** Activates a process: a new instance. */
export function begin(run: Run, instance: ElementInstance): void {
  emit(run, { type: 'ELEMENT_ACTIVATING', key: instance.key, element: instance, arrivedBy: [] })
  activate(run, { type: 'activate', key: instance.key, elementId: instance.elementId, scopeKey: -1 })
}

/** Activates an element, or goes on with one whose activation an incident had stopped. */
export function activate(run: Run, step: ActivateStep): void {
  const instance = run.state.elements.get(step.key) ?? arrive(run, step)
  if (instance?.state !== 'ACTIVATING') return
  const element = elementOf(run, instance)
  orIncident(run, instance, () => {
    guardAgainstLoops(run, instance, element)
    const behaviour = run.behaviourOf(instance, element)
    behaviour.enter?.(run, instance, element)
    if (!listen(run, instance, element, 'START')) behaviour.activate(run, instance, element)
  })
}

/** Completes an active element, or goes on with one whose completion an incident had stopped. */
export function complete(run: Run, key: Key): void {
  const instance = run.state.elements.get(key)
  if (instance === undefined || !isScopeActive(run, instance)) return
  if (instance.state === 'ACTIVATED') emit(run, { type: 'ELEMENT_COMPLETING', key })
  else if (instance.state !== 'COMPLETING') return
  const element = elementOf(run, instance)
  orIncident(run, instance, () => {
    run.behaviourOf(instance, element).complete(run, current(run, instance), element)
    if (!listen(run, instance, element, 'END')) endCompleted(run, instance, element)
  })
}

/** A worker is told that a listener's job is done; the element goes on in a step of its own. */
export function completeListener(run: Run, instance: ElementInstance, variables: Variables): void {
  const { key, elementId: targetElementId, processInstanceKey, processDefinitionKey } = instance
  const eventKey = nextKey(run)
  const of = { scopeKey: key, targetElementId, processInstanceKey, processDefinitionKey }
  note(run, { type: 'LISTENER_TRIGGERED', key: eventKey, ...of, variables })
  queue(run, { type: 'listened', key, eventKey, variables })
}

/** The next listener is due, or the element goes on: it is active, or completed. */
export function listened(run: Run, { key, eventKey, variables }: Extract<Step, { type: 'listened' }>): void {
  const instance = run.state.elements.get(key)
  if (instance?.state !== 'ACTIVATING' && instance?.state !== 'COMPLETING') return
  const element = elementOf(run, instance)
  takeListened(run, instance, eventKey, variables)
  orIncident(run, instance, () => {
    if (instance.state === 'COMPLETING') {
      if (!listenOn(run, instance, element, 'END')) endCompleted(run, instance, element)
    } else if (!listenOn(run, instance, element, 'START')) {
      run.behaviourOf(instance, element).activate(run, instance, element)
    }
  })
}

function endCompleted(run: Run, instance: ElementInstance, element: ElementModel): void {
  run.behaviourOf(instance, element).beforeCompleted?.(run, current(run, instance), element)
  leaveCompleted(run, instance, element)
}

/** A token arrives: undefined where its scope has ended, or a join waits for other tokens. */
function arrive(run: Run, step: ActivateStep): ElementInstance | undefined {
  const scope = run.state.elements.get(step.scopeKey)
  if (scope === undefined || !isOpenFor(scope, step.elementId)) return undefined
  const element = modelOf(run, scope).elements.get(step.elementId)!
  const arrival = step.flowId === undefined ? { by: [] } : arrivalAt(run, scope, element, step.flowId)
  const instance = arriving(scope, element, step)
  if ('refused' in arrival) {
    note(run, { type: 'ACTIVATION_REFUSED', element: instance, reason: arrival.refused })
    return undefined
  }
  emit(run, { type: 'ELEMENT_ACTIVATING', key: step.key, element: instance, arrivedBy: arrival.by })
  return current(run, instance)
}

function orIncident(run: Run, instance: ElementInstance, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof IncidentRaised)) throw error
    const { incidentType: type, message, scopeKey } = error
    raiseIncident(run, instance, { type, message, ...(scopeKey !== undefined && { scopeKey }) })
  }
}
