import type { ElementInstance } from '../state/rows.ts'
import type { State } from '../state/state.ts'

/** Of events and receive tasks; all else has none. */
export function eventTypeOf(instance: ElementInstance, state: State): string {
  const { processDefinitionKey, elementId, elementType, compensates } = instance
  if (compensates) return 'COMPENSATION'
  const element = state.models.get(processDefinitionKey)!.elements.get(elementId)
  if (element === undefined || !(elementType.endsWith('_EVENT') || elementType === 'RECEIVE_TASK')) return 'UNSPECIFIED'
  if ('event' in element && element.event !== undefined) return element.event.type.toUpperCase()
  // A message that is thrown is a worker's job.
  return 'jobType' in element ? 'MESSAGE' : 'NONE'
}
