import { arriving } from './arriving.ts'
import { broughtToCaller, callerOf } from './callers.ts'
import { completeHandler, dropCompensations, dropCompensationsIn, openCompensation } from './compensations.ts'
import { linkTargetOf } from './compile/links.ts'
import type { ElementModel, EventSubProcess } from './compile/model.ts'
import type { Catcher } from './definitions/definition.ts'
import { raiseIncident, resolveIncidentsOf } from './incidents.ts'
import { cancelJobs } from './jobs/jobs.ts'
import { listen, listenOn, takeListened } from './jobs/listeners.ts'
import { arrivalAt, isJoin } from './joins.ts'
import type { Key, Variables } from './key.ts'
import { guardAgainstLoops } from './loopGuards.ts'
import {
  type ChildVerdict,
  current,
  elementOf,
  emit,
  IncidentRaised,
  isInner,
  modelOf,
  nextKey,
  note,
  queue,
  type Run,
} from './run.ts'
import type { ElementInstance, EventTrigger } from './state/rows.ts'
import type { ActivateStep, Step } from './step.ts'
import { setLocal } from './variables/variables.ts'
import { unsubscribe } from './waiting/unsubscribe.ts'

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

/** Terminates an element, its children first. */
export function terminate(run: Run, key: Key): void {
  const instance = run.state.elements.get(key)
  if (instance === undefined || instance.state === 'TERMINATING') return
  const element = elementOf(run, instance)
  emit(run, { type: 'ELEMENT_TERMINATING', key })
  cancelJobs(run, instance)
  run.behaviourOf(instance, element).leave?.(run, instance)
  unsubscribe(run, instance)
  resolveIncidentsOf(run, instance)
  if (instance.elementType === 'PROCESS') dropCompensations(run, key)
  if (instance.elementType === 'SUB_PROCESS') dropCompensationsIn(run, key)
  if (terminateChildren(run, key) + terminateCalled(run, key) === 0) endTermination(run, current(run, instance))
}

/** Terminates an element with all that runs in it, in one go: nothing takes over, and its scope is not told. */
export function terminateAtOnce(run: Run, instance: ElementInstance): void {
  const { key } = instance
  emit(run, { type: 'ELEMENT_TERMINATING', key })
  cancelJobs(run, instance)
  run.behaviourOf(instance, elementOf(run, instance)).leave?.(run, instance)
  resolveIncidentsOf(run, instance)
  unsubscribe(run, instance)
  const { elements } = run.state
  for (const child of [...elements.in('byScope', key), ...elements.in('byCaller', key)]) terminateAtOnce(run, child)
  if (instance.elementType === 'PROCESS') dropCompensations(run, key)
  if (instance.elementType === 'SUB_PROCESS') dropCompensationsIn(run, key)
  emit(run, { type: 'ELEMENT_TERMINATED', key })
}

/** Queues the termination of what runs in a scope; answers how many that are by now. */
export function terminateChildren(run: Run, scopeKey: Key): number {
  const count = run.state.elements.count('byScope', scopeKey)
  if (count > 0) queue(run, { type: 'terminateChildren', scopeKey, batchKey: nextKey(run) })
  return count
}

/** What runs in the scope now; what is being terminated already is left alone. */
export function terminateEach(run: Run, scopeKey: Key): void {
  for (const { key, state } of run.state.elements.in('byScope', scopeKey)) {
    if (state !== 'TERMINATING') queue(run, { type: 'terminate', key })
  }
}

/** The process that a call activity runs ends with it. */
function terminateCalled(run: Run, callerKey: Key): number {
  const called = run.state.elements.in('byCaller', callerKey)
  for (const child of called) queue(run, { type: 'terminate', key: child.key })
  return called.length
}

export function activated(run: Run, instance: ElementInstance): void {
  emit(run, { type: 'ELEMENT_ACTIVATED', key: instance.key })
}

export function queueCompletion(run: Run, instance: ElementInstance): void {
  queue(run, { type: 'complete', key: instance.key })
}

/** For elements that begin and end in one step, such as gateways. */
export function passThrough(
  run: Run,
  instance: ElementInstance,
  element: ElementModel,
  flowIds: readonly string[] = element.outgoing,
): void {
  activated(run, instance)
  emit(run, { type: 'ELEMENT_COMPLETING', key: instance.key })
  leaveCompleted(run, instance, element, flowIds)
}

/** Puts an element into an active scope. */
export function activateIn(run: Run, scope: ElementInstance, elementId: string, loopCounter?: number): Key {
  const key = nextKey(run)
  const numbered = loopCounter === undefined ? {} : { loopCounter }
  queue(run, { type: 'activate', key, elementId, scopeKey: scope.key, ...numbered })
  return key
}

/** Queues the instances of a parallel multi-instance body. */
export function activateInstances(run: Run, step: Extract<Step, { type: 'activateInstances' }>): void {
  const body = run.state.elements.get(step.key)
  if (body === undefined) return
  for (let n = step.from; n < step.from + step.count; n += 1) activateIn(run, body, step.elementId, n)
}

/** Whether nothing runs in a scope and no token is on its way. */
export function isScopeDone(run: Run, scope: ElementInstance): boolean {
  return run.state.elements.count('byScope', scope.key) === 0 && scope.activeFlows === 0
}

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

function isScopeActive(run: Run, instance: ElementInstance): boolean {
  if (instance.scopeKey === -1) return true
  const scope = run.state.elements.get(instance.scopeKey)
  return scope?.state === 'ACTIVATED' && isNotInterruptedFor(scope, instance.elementId)
}

/** Whether an element may begin in a scope. */
function isOpenFor(scope: ElementInstance, elementId: string): boolean {
  return scope.state === 'ACTIVATED' && !scope.interrupted && isNotInterruptedFor(scope, elementId)
}

/** After an event subprocess has ended the rest of a scope, it alone goes on there. */
function isNotInterruptedFor({ interruptedBy }: ElementInstance, elementId: string): boolean {
  return interruptedBy === undefined || interruptedBy === elementId
}

/** The end of an element that did what it had to: its tokens go on, or its scope is told. */
function leaveCompleted(
  run: Run,
  instance: ElementInstance,
  element: ElementModel,
  flowIds: readonly string[] = element.outgoing,
): void {
  const inner = isInner(run, instance)
  const scope = run.state.elements.get(instance.scopeKey)
  const linked = linkTargetOf(element)
  const goesOn = !inner && element.kind !== 'process' && (flowIds.length > 0 || linked !== undefined)
  openCompensation(run, instance, element)
  const verdict = scope === undefined || goesOn ? undefined : askScope(run, scope, current(run, instance))
  const left = current(run, instance)
  const caller = scope === undefined ? callerOf(run, instance) : undefined
  const { goOn, ended } = run.behaviourOf(instance, element)
  emitCompleted(run, instance, element, caller)
  ended?.(run, left)
  if (linked !== undefined) followLink(run, instance, linked)
  else if (caller !== undefined) tellCaller(run, caller)
  else if (goesOn && goOn) goOn(run, left, element)
  else if (goesOn) for (const flowId of flowIds) takeFlow(run, instance, flowId)
  else if (scope !== undefined) tellScope(run, scope.key, verdict)
  if (left.compensates) completeHandler(run, left)
}

function emitCompleted(run: Run, instance: ElementInstance, element: ElementModel, caller?: ElementInstance): void {
  const interruptsScope = element.kind === 'endEvent' && element.event.type === 'terminate'
  const brings = caller && broughtToCaller(run, instance, caller)
  emit(run, {
    type: 'ELEMENT_COMPLETED',
    key: instance.key,
    ...(interruptsScope && { interruptsScope }),
    ...(brings && { brings }),
  })
}

/** A called process has ended: its call activity completes, or ends where that was what ended the process. */
function tellCaller(run: Run, caller: ElementInstance): void {
  if (caller.state === 'TERMINATING') endTermination(run, current(run, caller))
  else queueCompletion(run, caller)
}

function takeFlow(run: Run, instance: ElementInstance, flowId: string): void {
  const model = modelOf(run, instance)
  const { targetId } = model.flows.get(flowId)!
  const joins = isJoin(model.elements.get(targetId)!)
  const scopeKey = instance.scopeKey
  emit(run, {
    type: 'SEQUENCE_FLOW_TAKEN',
    key: nextKey(run),
    scopeKey,
    flowId,
    ...(joins && { joinId: targetId }),
  })
  queue(run, { type: 'activate', key: nextKey(run), elementId: targetId, scopeKey, flowId })
}

/** The catch event that a link leads to. */
function followLink(run: Run, { elementId, scopeKey }: ElementInstance, targetId: string): void {
  const key = nextKey(run)
  emit(run, { type: 'LINK_FOLLOWED', key, scopeKey })
  queue(run, { type: 'activate', key, elementId: targetId, scopeKey, flowId: elementId })
}

function askScope(run: Run, scope: ElementInstance, child: ElementInstance): ChildVerdict | undefined {
  const element = elementOf(run, scope)
  return run.behaviourOf(scope, element).beforeChildCompletes?.(run, scope, element, child)
}

function tellScope(run: Run, scopeKey: Key, verdict: ChildVerdict | undefined): void {
  const scope = run.state.elements.get(scopeKey)!
  const element = elementOf(run, scope)
  run.behaviourOf(scope, element).childEnded?.(run, scope, element, verdict)
}

/** The end of an element that was terminated: an event that ended it takes over, else its scope is told. */
function endTermination(run: Run, instance: ElementInstance): void {
  const element = elementOf(run, instance)
  const takeover = instance.triggers.find(
    ({ interrupting, elementId }) => interrupting && element.boundaryEvents.includes(elementId),
  )
  const scope = run.state.elements.get(instance.scopeKey)
  const caller = scope === undefined ? callerOf(run, instance) : undefined
  emit(run, { type: 'ELEMENT_TERMINATED', key: instance.key })
  run.behaviourOf(instance, element).ended?.(run, instance)
  if (caller !== undefined) tellCaller(run, caller)
  if (scope === undefined) return
  if (takeover !== undefined && isOpenFor(scope, takeover.elementId)) activateEvent(run, instance, takeover)
  else if (scope.state !== 'TERMINATING') tellScope(run, scope.key, undefined)
  else if (run.state.elements.count('byScope', scope.key) === 0) endTermination(run, scope)
}

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

function orIncident(run: Run, instance: ElementInstance, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof IncidentRaised)) throw error
    const { incidentType: type, message, scopeKey } = error
    raiseIncident(run, instance, { type, message, ...(scopeKey !== undefined && { scopeKey }) })
  }
}
