import type { CancelProcessInstance, Response } from '../command.ts'
import { Rejected, type Run } from '../run.ts'

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
  run.steps.push({ type: 'terminate', key: processInstanceKey })
  return { type: 'CancelProcessInstance' }
}
