import { activated, takeBrought } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import type { Behaviour } from '../run.ts'
import { subscribe, unsubscribe } from '../subscriptions.ts'

/** BPMN 2.0.2 §13.3.3: waits for its message. */
export const receiveTask: Behaviour = {
  activate(run, instance, element) {
    applyInputs(run, instance, element)
    subscribe(run, instance, element)
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
}
