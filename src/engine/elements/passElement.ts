import { activated, queueCompletion } from '../lifecycle.ts'
import { applyOutputs } from '../mappings.ts'
import type { Behaviour } from '../run.ts'
import { subscribe, unsubscribe } from '../subscriptions.ts'

/**
 * What nobody has to do anything for: an undefined or manual task, a none throw event. Zeebe 8.6.0 leaves the mappings
 * of such a task, and the input mappings of such an event, alone.
 */
export const passElement: Behaviour = {
  activate(run, instance, element) {
    subscribe(run, instance, element)
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    if (element.type === 'INTERMEDIATE_THROW_EVENT') applyOutputs(run, instance, element, {})
    unsubscribe(run, instance)
  },
}
