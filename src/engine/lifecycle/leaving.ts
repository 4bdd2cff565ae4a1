import { broughtToCaller, callerOf } from '../callers.ts'
import { completeHandler, openCompensation } from '../compensations.ts'
import { linkTargetOf } from '../compile/links.ts'
import type { ElementModel } from '../compile/model.ts'
import { isJoin } from '../joins.ts'
import type { Key } from '../key.ts'
import { type ChildVerdict, current, elementOf, emit, isInner, modelOf, nextKey, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { activateEvent } from './eventActivation.ts'
import { isOpenFor } from './openScopes.ts'
import { activated, queueCompletion } from './transitions.ts'

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

/** The end of an element that did what it had to: its tokens go on, or its scope is told. */
export function leaveCompleted(
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
export function endTermination(run: Run, instance: ElementInstance): void {
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
