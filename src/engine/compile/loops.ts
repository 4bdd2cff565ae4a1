import type { ElementModel, ProcessModel, SubProcess } from './model.ts'

/** The ids of a loop of elements that never wait, the first one again at the end; undefined where there is none. */
export function straightThroughLoop(model: ProcessModel): string[] | undefined {
  const done = new Set<string>()
  for (const element of model.elements.values()) {
    const loop = loopFrom(model, element, [], done)
    if (loop !== undefined) return loop
  }
  return undefined
}

function loopFrom(model: ProcessModel, from: ElementModel, path: string[], done: Set<string>): string[] | undefined {
  const seenAt = path.indexOf(from.id)
  if (seenAt >= 0) return [...path.slice(seenAt), from.id]
  if (done.has(from.id) || waits(model, from)) return undefined
  for (const next of targetsOf(model, from)) {
    const loop = loopFrom(model, next, [...path, from.id], done)
    if (loop !== undefined) return loop
  }
  done.add(from.id)
  return undefined
}

function targetsOf(model: ProcessModel, element: ElementModel): ElementModel[] {
  return element.outgoing.map((id) => model.elements.get(model.flows.get(id)!.targetId)!)
}

function waits(model: ProcessModel, element: ElementModel): boolean {
  switch (element.kind) {
    case 'jobTask':
    case 'receiveTask':
    case 'catchEvent':
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
