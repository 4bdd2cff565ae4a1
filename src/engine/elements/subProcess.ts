import type { SubProcess } from '../compile/model.ts'
import { activated, activateIn, isScopeDone, queueCompletion } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import type { Behaviour } from '../run.ts'
import { unsubscribe } from '../subscriptions.ts'

/** BPMN 2.0.2 §13.3.4, embedded. Its variables are a scope of their own; only output mappings leave it. Its start event opens its boundary events. */
export const subProcess: Behaviour = {
  activate(run, instance, element) {
    applyInputs(run, instance, element)
    activated(run, instance)
    activateIn(run, instance, (element as SubProcess).startEventId)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, {})
    unsubscribe(run, instance)
  },
  childEnded(run, scope) {
    if (isScopeDone(run, scope)) queueCompletion(run, scope)
  },
}
