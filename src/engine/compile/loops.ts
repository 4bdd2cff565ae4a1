import type { ElementModel, ProcessModel, SubProcess } from './model.ts'

/** The ids of a loop of elements that never wait, the first one again at the end; undefined where there is none. */
export function straightThroughLoop(model: ProcessModel): string[] | undefined {
  const done = new Set<string>()
  for (const element of model.elements.values()) {
    const loop = loopFrom(model, element, done)
    if (loop !== undefined) return loop
  }
  return undefined
}

/** Depth first, with a stack of its own: a chain of elements may be longer than the engine's is deep. */
function loopFrom(model: ProcessModel, start: ElementModel, done: Set<string>): string[] | undefined {
  const path: { id: string; targets: ElementModel[] }[] = []
  const onPath = new Set<string>()
  const enter = (element: ElementModel): void => {
    if (done.has(element.id) || waits(model, element)) return
    path.push({ id: element.id, targets: targetsOf(model, element) })
    onPath.add(element.id)
  }
  enter(start)
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.targets.shift()
    if (next === undefined) {
      path.pop()
      onPath.delete(last.id)
      done.add(last.id)
    } else if (onPath.has(next.id)) {
      const ids = path.map(({ id }) => id)
      return [...ids.slice(ids.indexOf(next.id)), next.id]
    } else enter(next)
  }
  return undefined
}

function targetsOf(model: ProcessModel, element: ElementModel): ElementModel[] {
  return element.outgoing.map((id) => model.elements.get(model.flows.get(id)!.targetId)!)
}

function waits(model: ProcessModel, element: ElementModel): boolean {
  switch (element.kind) {
    case 'serviceTask':
    case 'receiveTask':
    case 'eventBasedGateway':
    case 'intermediateCatchEvent':
      return true
    case 'subProcess':
      return !runsThrough(model, element)
    default:
      return false
  }
}

/** Whether a token can come from the start of a subprocess to an end without waiting. */
function runsThrough(model: ProcessModel, subProcess: SubProcess): boolean {
  const seen = new Set<string>()
  const open = [model.elements.get(subProcess.startEventId)]
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    if (seen.has(element.id) || waits(model, element)) continue
    if (element.outgoing.length === 0) return true
    seen.add(element.id)
    open.push(...targetsOf(model, element))
  }
  return false
}
