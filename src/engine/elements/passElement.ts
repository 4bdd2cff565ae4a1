import { activated, queueCompletion } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import type { Behaviour } from '../run.ts'
import { subscribe, unsubscribe } from '../subscriptions.ts'

/** What nobody has to do anything for: an undefined or manual task, a none throw event. */
export const passElement: Behaviour = {
  activate(run, instance, element) {
    applyInputs(run, instance, element)
    subscribe(run, instance, element)
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, {})
    unsubscribe(run, instance)
  },
}
