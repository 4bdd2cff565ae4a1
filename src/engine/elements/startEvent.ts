import type { Variables } from '../command.ts'
import { activated, queueCompletion } from '../lifecycle.ts'
import { applyOutputs, propagateLocal } from '../mappings.ts'
import { type Behaviour, elementOf, type Run } from '../run.ts'
import type { ElementInstance } from '../state.ts'
import { subscribe } from '../subscriptions.ts'
import { setLocal } from '../variables.ts'

/**
 * BPMN 2.0.2 §13.5.1. A message start event brings the message's variables. One in a subprocess opens the subprocess's
 * boundary events when it completes, and has the incident where that fails (seen on Zeebe 8.6.0).
 */
export const startEvent: Behaviour = {
  activate(run, instance) {
    activated(run, instance)
    setLocal(run, instance.key, messageVariables(run, instance))
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    if (element.outputs.length > 0) applyOutputs(run, instance, element, {})
    else propagateLocal(run, instance)
    const scope = run.state.elements.get(instance.scopeKey)!
    if (scope.scopeKey !== -1) subscribe(run, scope, elementOf(run, scope))
  },
}

/** Those of the message that started the process instance, which keeps them for its start event. */
function messageVariables(run: Run, instance: ElementInstance): Variables {
  const scope = run.state.elements.get(instance.scopeKey)!
  return scope.triggers.find((trigger) => trigger.elementId === instance.elementId)?.variables ?? {}
}
