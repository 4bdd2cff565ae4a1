import type { IntermediateCatchEvent } from '../compile/model.ts'
import { compileCatch, exactlyOne, onlyDefinition } from '../definitions/table.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { applyInputs, applyOutputs, propagateLocal } from '../variables/mappings.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/**
 * BPMN 2.0.2 §13.5.2: waits for its event; a link's target passes. After an event-based gateway it is the gateway that waits; what the event
 * brought is local here then, and no input mappings are applied.
 */
export const intermediateCatchEvent: Element<IntermediateCatchEvent> = {
  compile(node, base, compiling) {
    const definition = onlyDefinition(node, compiling)
    if (definition === undefined) {
      compiling.problems.add(base.id, exactlyOne)
      return undefined
    }
    const place = 'intermediateCatch'
    const event = compileCatch(
      { node, definition, place, interrupting: true },
      ['message', 'timer', 'signal', 'link'],
      compiling,
    )
    const awaitedByGateway = (compiling.siblings.arriving.get(node) ?? []).some(
      ({ sourceRef }) => sourceRef?.$type === 'bpmn:EventBasedGateway',
    )
    return event && { ...base, kind: 'intermediateCatchEvent', event, awaitedByGateway }
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
    if (element.awaitedByGateway && element.outputs.length === 0) propagateLocal(run, instance)
    else applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
}
