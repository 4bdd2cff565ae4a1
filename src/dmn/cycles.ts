import type { Node } from './moddle.ts'

/** Whether one of the elements requires itself, through others or at once. */
export function hasCycle(elements: readonly Node[], requirements: (element: Node) => readonly string[]): boolean {
  const requires = new Map(elements.map((element) => [element.id, requirements(element)]))
  const done = new Set<string>()
  const isOnCycle = (id: string, path: ReadonlySet<string>): boolean => {
    if (path.has(id)) return true
    if (done.has(id)) return false
    const longer = new Set([...path, id])
    const found = (requires.get(id) ?? []).some((next) => isOnCycle(next, longer))
    done.add(id)
    return found
  }
  return elements.some(({ id }) => id !== undefined && isOnCycle(id, new Set()))
}
