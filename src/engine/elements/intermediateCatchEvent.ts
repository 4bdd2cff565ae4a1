import type { IntermediateCatchEvent } from '../compile/model.ts'
import { compileCatch, onlyDefinition } from '../definitions/table.ts'
import { activated, queueCompletion, takeBrought } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import { subscribe } from '../subscribe.ts'
import { unsubscribe } from '../unsubscribe.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.5.2: waits for its event; a link's target passes. */
export const intermediateCatchEvent: Element<IntermediateCatchEvent> = {
  compile(node, base, compiling) {
    const definition = onlyDefinition(node, compiling)
    if (definition === undefined) {
      compiling.problems.add(base.id, 'Must have exactly one event definition')
      return undefined
    }
    const place = 'intermediateCatch'
    const event = compileCatch({ node, definition, place, interrupting: true }, ['message', 'timer', 'link'], compiling)
    return event && { ...base, kind: 'intermediateCatchEvent', event }
  },
  activate(run, instance, element) {
    if (element.event.type === 'link') {
      activated(run, instance)
      queueCompletion(run, instance)
      return
    }
    applyInputs(run, instance, element)
    subscribe(run, instance, element)
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
}
