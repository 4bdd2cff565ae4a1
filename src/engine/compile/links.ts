import type { Node } from './moddle.ts'
import type { ElementModel } from './model.ts'
import type { Problems } from './problems.ts'
import { twice } from './twice.ts'

/** Reported with the process and with each subprocess in which a name is there twice, those in it included. */
export function checkLinks(scope: Node, problems: Problems): string[] {
  const names = (scope.flowElements ?? []).flatMap((node) =>
    node.$type === 'bpmn:SubProcess' ? checkLinks(node, problems) : linkNamesOf(node),
  )
  for (const name of twice(names)) {
    const what = `Multiple intermediate catch link event definitions with the same name '${name}' are not allowed.`
    problems.add(scope.id ?? '', what)
  }
  return names
}

/** The name that a catch event waits under; none for any other node. */
export function linkNamesOf({ $type, eventDefinitions = [] }: Node): string[] {
  if ($type !== 'bpmn:IntermediateCatchEvent') return []
  return eventDefinitions.flatMap((definition) =>
    definition.$type === 'bpmn:LinkEventDefinition' && definition.name ? [definition.name] : [],
  )
}

/** The catch event where a token goes on that a throw event takes over; none for any other element. */
export function linkTargetOf(element: ElementModel): string | undefined {
  return element.kind === 'intermediateThrowEvent' && element.event.type === 'link' ? element.event.targetId : undefined
}
