import type { Node } from './moddle.ts'
import type { Problems } from './problems.ts'
import { twice } from './twice.ts'

/** Of a message that nothing but processes' start events wait for: it starts one of them. */
export function checkStartMessages(processes: readonly Node[], problems: Problems): void {
  const isStart = (node: Node): boolean => node.$type === 'bpmn:StartEvent' && node.$parent?.$type === 'bpmn:Process'
  const nodes = processes.flatMap(nodesIn)
  const others = new Set(nodes.filter((node) => !isStart(node)).flatMap(messagesOf))
  for (const message of twice(nodes.filter(isStart).flatMap(messagesOf))) {
    if (others.has(message)) continue
    problems.add(message.id ?? '', 'A message cannot be referred by more than one start event')
  }
}

function messagesOf({ messageRef, eventDefinitions = [] }: Node): Node[] {
  return [messageRef, ...eventDefinitions.map((definition) => definition.messageRef)].flatMap(
    (message) => message ?? [],
  )
}

function nodesIn({ flowElements = [] }: Node): Node[] {
  return flowElements.flatMap((node) => [node, ...nodesIn(node)])
}
