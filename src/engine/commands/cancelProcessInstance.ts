import { callerOf } from '../callers.ts'
import type { CancelProcessInstance, Response } from '../command.ts'
import { queue, Rejected, type Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'

/** Terminates an instance with all that runs in it. */
export function cancelProcessInstance(run: Run, { processInstanceKey }: CancelProcessInstance): Response {
  const instance = run.state.elements.get(processInstanceKey)
  if (instance === undefined || instance.scopeKey !== -1) {
    throw new Rejected(
      'NOT_FOUND',
      'CANCEL',
      `Expected to cancel a process instance with key '${processInstanceKey}', but no such process was found`,
    )
  }
  const root = rootOf(run, instance)
  if (root !== instance) {
    throw new Rejected(
      'FAILED_PRECONDITION',
      'CANCEL',
      `Expected to cancel a process instance with key '${processInstanceKey}', but it is created by a parent process instance. Cancel the root process instance '${root.key}' instead.`,
      'INVALID_STATE',
    )
  }
  queue(run, { type: 'terminate', key: processInstanceKey })
  return { type: 'CancelProcessInstance' }
}

/** The process instance that nobody called. */
function rootOf(run: Run, instance: ElementInstance): ElementInstance {
  const caller = callerOf(run, instance)
  return caller === undefined ? instance : rootOf(run, run.state.elements.get(caller.processInstanceKey)!)
}
