import type { BoundaryEvent } from '../compile/model.ts'
import { activated, queueCompletion } from '../lifecycle.ts'
import { applyOutputs, propagateLocal } from '../mappings.ts'
import type { Behaviour } from '../run.ts'

/**
 * BPMN 2.0.2 §13.5.3. What its event brought is local to it first: a message's variables go up, an error's stay
 * (seen on Zeebe 8.6.0) unless output mappings name them.
 */
export const boundaryEvent: Behaviour = {
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    if (element.outputs.length > 0) applyOutputs(run, instance, element, {})
    else if ((element as BoundaryEvent).event.type !== 'error') propagateLocal(run, instance)
  },
}
