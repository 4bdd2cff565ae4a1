import { callerOf } from './callers.ts'
import type { ElementModel } from './compile/model.ts'
import { IncidentRaised, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'

/** As often as this no honest model enters an element of one scope without waiting in between. */
const mostVisits = 1000

/** So many elements no honest model enters at once; each takes some tens of microseconds, and everybody waits. */
const mostEntered = 100_000

/**
 * The compiler refuses loops that never wait; what it cannot see (empty multi-instances, many in many, signals that start who tells them, processes that
 * call one another) stops here, with an incident.
 */
export function guardAgainstLoops(run: Run, instance: ElementInstance, element: ElementModel): void {
  const counted = instance.loopCounter !== undefined && element.multiInstance?.sequential === false
  if (!counted) countEntered(run, instance, 1)
  if (instance.loopCounter !== undefined || comesForEachOther(run, instance)) return
  const visits = (run.visits.get(instance.scopeKey)?.get(instance.elementId) ?? 0) + 1
  const ofScope = run.visits.get(instance.scopeKey) ?? new Map<string, number>()
  run.visits.set(instance.scopeKey, ofScope.set(instance.elementId, visits))
  if (visits > mostVisits) throw endless(instance, `The element was entered ${mostVisits} times`)
}

/** Processes come as often as somebody else calls them, or as there are messages; only one that is called by itself runs in a loop. */
function comesForEachOther(run: Run, instance: ElementInstance): boolean {
  if (instance.startMessage !== undefined) return true
  if (instance.parentElementInstanceKey === undefined) return false
  for (let caller = callerOf(run, instance); caller !== undefined; caller = callerOf(run, caller)) {
    if (caller.processDefinitionKey === instance.processDefinitionKey) return false
  }
  return true
}

/** What is due comes by itself: it is no part of a loop with what was due before it. */
export function forgetEntered({ entered, visits }: Run): void {
  entered.count = 0
  entered.collected = 0
  visits.clear()
}

/** A parallel multi-instance body counts its instances before they are queued. */
export function countEntered(run: Run, instance: ElementInstance, count: number): void {
  run.entered.count += count
  if (run.entered.count > mostEntered) throw endless(instance, `${mostEntered} elements were entered`)
}

/** So many items are copied in a second, and kept until the command is decided: each output of a multi-instance copies all of them. */
const mostCollected = 20_000_000

/** An instance's output is put into a collection of this length. */
export function countCollected(run: Run, instance: ElementInstance, length: number): void {
  run.entered.collected += length
  if (run.entered.collected <= mostCollected) return
  const message = `The output collection is too long to be filled without waiting in between: ${mostCollected} items were copied. Resolve the incident to go on.`
  throw new IncidentRaised('UNKNOWN', message, instance.key)
}

function endless(instance: ElementInstance, what: string): IncidentRaised {
  const message = `${what} without waiting in between: the process runs in a loop. Resolve the incident to go on.`
  return new IncidentRaised('UNKNOWN', message, instance.key)
}
