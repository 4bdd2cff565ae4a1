import type { EndEvent, IntermediateThrowEvent } from '../compile/model.ts'
import { throwTypeOf } from '../definitions/table.ts'
import type { Behaviour } from '../run.ts'
import { applyOutputs } from '../variables/mappings.ts'

/** What an event that throws does, wherever it stands: its definition decides. Of mappings Zeebe 8.6.0 does only the outputs, but for a signal's. */
export const throwEvent: Behaviour<EndEvent | IntermediateThrowEvent> = {
  enter(run, instance, element) {
    throwTypeOf(element.event).enter?.(run, instance, element)
  },
  activate(run, instance, element) {
    throwTypeOf(element.event).activate(run, instance, element, element.event)
  },
  complete(run, instance, element) {
    const { complete } = throwTypeOf(element.event)
    if (complete !== undefined) complete(run, instance, element, element.event)
    else applyOutputs(run, instance, element, {})
  },
}
