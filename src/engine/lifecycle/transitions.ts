import type { Key } from '../key.ts'
import { emit, nextKey, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import type { Step } from '../step.ts'

export function activated(run: Run, instance: ElementInstance): void {
  emit(run, { type: 'ELEMENT_ACTIVATED', key: instance.key })
}

export function queueCompletion(run: Run, instance: ElementInstance): void {
  queue(run, { type: 'complete', key: instance.key })
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
