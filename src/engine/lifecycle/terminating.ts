import { dropCompensations, dropCompensationsIn } from '../compensations.ts'
import { resolveIncidentsOf } from '../incidents.ts'
import { cancelJobs } from '../jobs/jobs.ts'
import type { Key } from '../key.ts'
import { current, elementOf, emit, nextKey, queue, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import { endTermination } from './leaving.ts'

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
