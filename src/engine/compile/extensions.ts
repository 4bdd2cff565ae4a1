import type { Node } from './moddle.ts'
import type { Problems } from './problems.ts'

/** What only later versions know, and would be done silently not at all. All else that Zeebe 8.6 passes over is passed over. */
const later: Readonly<Record<string, string>> = {
  'zeebe:TaskListeners': 'taskListeners',
}

export function checkExtensions(node: Node, problems: Problems): void {
  for (const { $type } of node.extensionElements?.values ?? []) {
    const name = later[$type]
    if (name === undefined) continue
    problems.add(node.id ?? node.$type, `Extension element 'zeebe:${name}' is not supported by this engine`)
  }
}

/** Of what must be there once. */
export function countOf(node: Node, type: string): number {
  return (node.extensionElements?.values ?? []).filter(({ $type }) => $type === type).length
}

/** Forms that are written in the process; a user task's header names the one that is its own. */
export function checkForms({ extensionElements }: Node, id: string, problems: Problems): void {
  const forms = (extensionElements?.values ?? []).filter(({ $type }) => $type === 'zeebe:UserTaskForm')
  if (forms.every(({ body = '' }) => body.trim() !== '')) return
  problems.add(
    `${id} > extensionElements > userTaskForm`,
    'User task form text content has to be present and not empty',
  )
}
