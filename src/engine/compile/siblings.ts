import { linkNamesOf } from './links.ts'
import type { Node } from './moddle.ts'

/** The nodes of one scope by what they hang on, so that compiling takes as long as the file is. */
export interface Siblings {
  /** Sequence flows by the element that they leave, in the order of the file. */
  leaving: ReadonlyMap<Node, readonly Node[]>
  /** Sequence flows by the element that they lead to. */
  arriving: ReadonlyMap<Node, readonly Node[]>
  /** Boundary events by the activity that they are attached to. */
  attached: ReadonlyMap<Node, readonly Node[]>
  /** What compensates, by the boundary event from which an association leads there. */
  handlers: ReadonlyMap<Node, Node>
  /** Link catch events by name. */
  links: ReadonlyMap<string, Node>
}

export function siblingsOf(nodes: readonly Node[], artifacts: readonly Node[] = []): Siblings {
  const flows = nodes.filter((node) => node.$type === 'bpmn:SequenceFlow')
  return {
    leaving: groupBy(flows, (flow) => flow.sourceRef),
    arriving: groupBy(flows, (flow) => flow.targetRef),
    attached: groupBy(nodes, (node) => node.attachedToRef),
    handlers: handlersOf(artifacts),
    links: new Map(nodes.flatMap((node) => linkNamesOf(node).map((name) => [name, node] as const))),
  }
}

/** The first one counts; notes and data hang on associations too. */
function handlersOf(artifacts: readonly Node[]): Map<Node, Node> {
  const handlers = new Map<Node, Node>()
  for (const { $type, sourceRef, targetRef } of artifacts) {
    if ($type !== 'bpmn:Association' || sourceRef === undefined || handlers.has(sourceRef)) continue
    if (/Task$|SubProcess$|CallActivity$/.test(targetRef?.$type ?? '')) handlers.set(sourceRef, targetRef!)
  }
  return handlers
}

function groupBy(nodes: readonly Node[], keyOf: (node: Node) => Node | undefined): Map<Node, Node[]> {
  const groups = new Map<Node, Node[]>()
  for (const node of nodes) {
    const key = keyOf(node)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  return groups
}
