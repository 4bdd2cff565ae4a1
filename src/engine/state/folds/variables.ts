import type { State } from '../state.ts'
import { type EventOf, type FoldsOf, nothing } from './fold.ts'

export const variables = {
  VARIABLE_CREATED: setVariable,
  VARIABLE_UPDATED: setVariable,
  VARIABLE_DOCUMENT_UPDATED: nothing,
} satisfies Partial<FoldsOf>

/** The variables of a process instance are there before it is. */
function setVariable(state: State, event: EventOf<'VARIABLE_CREATED' | 'VARIABLE_UPDATED'>): void {
  const processInstanceKey =
    state.elements.get(event.scopeKey)?.processInstanceKey ?? event.processInstanceKey ?? event.scopeKey
  const scope = state.scopes.get(event.scopeKey) ?? { key: event.scopeKey, processInstanceKey, values: {} }
  const keys = event.type === 'VARIABLE_CREATED' ? { ...scope.keys, [event.name]: event.key } : scope.keys
  state.scopes.put({ ...scope, values: { ...scope.values, [event.name]: event.value }, ...(keys && { keys }) })
}
