import type { ThrowDefinition } from '../compile/model.ts'
import { terminateChildren } from '../lifecycle/terminating.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import type { ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.3: ends all that runs in the scope. Zeebe 8.6.0 leaves its output mappings alone. */
export const terminateThrow: ThrowType<Extract<ThrowDefinition, { type: 'terminate' }>> = {
  compile: () => ({ type: 'terminate' }),
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance) {
    terminateChildren(run, instance.scopeKey)
  },
}
