import type { Compiling } from '../compile/compiling.ts'
import type { LinkDefinition, ThrowDefinition } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { activated, queueCompletion } from '../lifecycle/transitions.ts'
import { type CatchType, type DefinedEvent, placeIn, type ThrowType } from './definition.ts'

/** BPMN 2.0.2 §10.5.5.6: goes on where a link of its name throws, in the same scope; it never waits. */
export const linkCatch: CatchType<LinkDefinition> = {
  compile(event, { problems }) {
    checkName(event, problems)
    return { type: 'link' }
  },
}

/** The token goes on at the catch event of that name, as if a sequence flow led there. */
export const linkThrow: ThrowType<Extract<ThrowDefinition, { type: 'link' }>> = {
  compile(event, compiling) {
    checkName(event, compiling.problems)
    return { type: 'link', targetId: targetOf(event, compiling) }
  },
  activate(run, instance) {
    activated(run, instance)
    queueCompletion(run, instance)
  },
}

function targetOf({ node, definition: { name } }: DefinedEvent, { problems, siblings }: Compiling): string {
  const target = name ? siblings.links.get(name) : undefined
  if (name && target === undefined) {
    const what = `Can't find an catch link event for the throw link event with the name '${name}'.`
    problems.add(node.$parent?.id ?? '', what)
  }
  return target?.id ?? ''
}

function checkName(event: DefinedEvent, problems: Problems): void {
  if (!event.definition.name) problems.add(placeIn(event), 'Link name must be present and not empty.')
}
