import { compensate } from '../compensations.ts'
import type { Compiling } from '../compile/compiling.ts'
import type { Node } from '../compile/moddle.ts'
import type { CompensationDefinition, ThrowDefinition } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { type CatchType, type DefinedEvent, placeIn, type ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.7: an association leads from it to the activity that compensates the one on which it is. */
export const compensationCatch: CatchType<CompensationDefinition> = {
  compile(event, { siblings, problems }) {
    const { node, interrupting } = event
    checkActivity(event, problems)
    if (!interrupting) problems.add(node.id ?? '', 'Non-Interrupting event of this type is not allowed')
    const handlerId = siblings.handlers.get(node)?.id
    return { type: 'compensation', ...(handlerId !== undefined && { handlerId }) }
  },
}

/** It waits for the handlers that it invokes, and passes where there is nothing to compensate. Zeebe 8.6 leaves its output mappings alone. */
export const compensationThrow: ThrowType<Extract<ThrowDefinition, { type: 'compensation' }>> = {
  compile(event, { problems }) {
    checkActivity(event, problems)
    checkWaits(event, problems)
    const activityId = event.definition.activityRef?.id
    return { type: 'compensation', ...(activityId !== undefined && { activityId }) }
  },
  activate(run, instance, _element, { activityId }) {
    activated(run, instance)
    if (!compensate(run, instance, activityId)) queueCompletion(run, instance)
  },
  complete() {},
}

/** What compensates is reached by no flow: only in the tasks does the real engine look. */
export function checkHandler(node: Node, { siblings, problems }: Compiling): void {
  if (!node.isForCompensation || !node.$type.endsWith('Task')) return
  const has: [what: string, there: ReadonlyMap<Node, unknown>][] = [
    ['incoming sequence flows', siblings.arriving],
    ['outgoing sequence flows', siblings.leaving],
    ['boundary events', siblings.attached],
  ]
  for (const [what, there] of has) {
    if (there.has(node)) problems.add(node.id ?? '', `A compensation handler should have no ${what}`)
  }
}

function checkWaits({ node, definition, place }: DefinedEvent, problems: Problems): void {
  if (definition.waitForCompletion !== false) return
  const event = place === 'end' ? 'end event' : 'intermediate throwing event'
  problems.add(node.id ?? '', `A compensation ${event} waitForCompletion attribute must be true or not present`)
}

function checkActivity(event: DefinedEvent, problems: Problems): void {
  const { activityRef: activity, missingActivity } = event.definition
  const at = placeIn(event)
  if (missingActivity) problems.add(at, `The referenced compensation activity '${missingActivity}' doesn't exist`)
  if (activity === undefined) return
  const named = `The referenced compensation activity '${activity.id}'`
  if (!isCompensable(activity)) {
    problems.add(at, `${named} must have either a compensation boundary event or be a subprocess`)
  }
  if (!isReached(event.node.$parent, activity)) {
    problems.add(at, `${named} must be in the same scope as the compensation throw event`)
  }
}

function isCompensable(activity: Node): boolean {
  if (activity.$type.endsWith('SubProcess')) return !activity.triggeredByEvent
  return (activity.$parent?.flowElements ?? []).some(
    ({ attachedToRef, eventDefinitions = [] }) =>
      attachedToRef === activity && eventDefinitions.some(({ $type }) => $type === 'bpmn:CompensateEventDefinition'),
  )
}

function isReached(scope: Node | undefined, { $parent }: Node): boolean {
  return $parent === scope || (scope?.triggeredByEvent === true && $parent === scope.$parent)
}
