import type { Response, SetVariables } from '../command.ts'
import { emit, nextKey, Rejected, type Run } from '../run.ts'
import { propagate, setLocal } from '../variables/variables.ts'

/** Sets variables in an element's scope: there (`local`), or each where it is known already. */
export function setVariables(run: Run, { elementInstanceKey, variables, local }: SetVariables): Response {
  const instance = run.state.elements.get(elementInstanceKey)
  if (instance === undefined) {
    throw new Rejected(
      'NOT_FOUND',
      'UPDATE',
      `Expected to update variables for element with key '${elementInstanceKey}', but no such element was found`,
    )
  }
  if (local) setLocal(run, elementInstanceKey, variables)
  else propagate(run, elementInstanceKey, variables)
  const key = nextKey(run)
  emit(run, { type: 'VARIABLE_DOCUMENT_UPDATED', key, scopeKey: elementInstanceKey, variables, local })
  return { type: 'SetVariables', key }
}
