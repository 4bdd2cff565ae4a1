import type { Run } from '../run.ts'
import type { ElementInstance } from '../state/rows.ts'

/** Whether nothing runs in a scope and no token is on its way. */
export function isScopeDone(run: Run, scope: ElementInstance): boolean {
  return run.state.elements.count('byScope', scope.key) === 0 && scope.activeFlows === 0
}

export function isScopeActive(run: Run, instance: ElementInstance): boolean {
  if (instance.scopeKey === -1) return true
  const scope = run.state.elements.get(instance.scopeKey)
  return scope?.state === 'ACTIVATED' && isNotInterruptedFor(scope, instance.elementId)
}

/** Whether an element may begin in a scope. */
export function isOpenFor(scope: ElementInstance, elementId: string): boolean {
  return scope.state === 'ACTIVATED' && !scope.interrupted && isNotInterruptedFor(scope, elementId)
}

/** After an event subprocess has ended the rest of a scope, it alone goes on there. */
function isNotInterruptedFor({ interruptedBy }: ElementInstance, elementId: string): boolean {
  return interruptedBy === undefined || interruptedBy === elementId
}
