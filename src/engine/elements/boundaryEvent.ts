import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { BaseElement, BoundaryEvent } from '../compile/model.ts'
import { compileCatch, exactlyOne, onlyDefinition } from '../definitions/table.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { applyOutputs, propagateLocal } from '../variables/mappings.ts'
import type { Element } from './element.ts'

/**
 * BPMN 2.0.2 §13.5.3. What its event brought is local to it first: a message's variables go up, an error's stay
 * (seen on Zeebe 8.6.0) unless output mappings name them.
 */
export const boundaryEvent: Element<BoundaryEvent> = {
  compile(node, base, compiling) {
    const definition = onlyDefinition(node, compiling)
    const attachedToId = node.attachedToRef?.id
    checkPlace(node, base, compiling)
    if (definition === undefined) {
      compiling.problems.add(base.id, exactlyOne)
      return undefined
    }
    const interrupting = node.cancelActivity !== false
    const event = compileCatch(
      { node, definition, place: 'boundary', interrupting },
      ['message', 'timer', 'error', 'escalation', 'compensation', 'signal'],
      compiling,
    )
    return event && { ...base, kind: 'boundaryEvent', attachedToId: attachedToId ?? '', interrupting, event }
  },
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
  complete(run, instance, element) {
    if (element.outputs.length > 0) applyOutputs(run, instance, element, {})
    else if (element.event.type !== 'error') propagateLocal(run, instance)
  },
}

function checkPlace(node: Node, { id, incoming, outgoing }: BaseElement, { problems, siblings }: Compiling): void {
  const { attachedToRef, eventDefinitions = [] } = node
  if (attachedToRef?.id === undefined) problems.add(id, 'Must be attached to an activity')
  if (!/Task$|SubProcess$|CallActivity$/.test(attachedToRef?.$type ?? 'Task')) {
    problems.add(id, `Must be attached to an activity, not to ${attachedToRef?.$type.replace('bpmn:', '')}`)
  }
  const compensates = eventDefinitions.some(({ $type }) => $type === 'bpmn:CompensateEventDefinition')
  const leads = outgoing.length > 0 || (compensates && siblings.handlers.has(node))
  if (!leads) problems.add(id, 'Must have at least one outgoing sequence flow or association')
  if (incoming.length > 0) problems.add(id, 'Cannot have incoming sequence flows')
}
