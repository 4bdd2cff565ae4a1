import type { CallActivity, ElementModel, ProcessModel, SubProcess } from './model.ts'

/** The ids of a loop of elements that never wait, the first one again at the end; undefined where there is none. */
export function straightThroughLoop(model: ProcessModel): string[] | undefined {
  const done = new Set<string>()
  for (const element of inOrder(model)) {
    const loop = loopFrom(model, element, done)
    if (loop !== undefined) return loop
  }
  return undefined
}

/** Where the real engine looks first, so that it is the same loop that is told: at tasks that do nothing and at calls, by their ids. */
function inOrder(model: ProcessModel): ElementModel[] {
  const elements = [...model.elements.values()]
  const first = elements.filter(({ kind }) => kind === 'task' || kind === 'callActivity')
  return [...first.sort((a, b) => (a.id < b.id ? -1 : 1)), ...elements]
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
  if (element.kind === 'callActivity') return startsOf(model, element)
  return element.outgoing.map((id) => model.elements.get(model.flows.get(id)!.targetId)!)
}

/** A call goes on where its process starts. Of those only this one is known here: what another one does comes to light when it runs. */
function startsOf({ bpmnProcessId, process, elements }: ProcessModel, { processId }: CallActivity): ElementModel[] {
  const callsItself = processId.kind === 'static' && processId.value === bpmnProcessId
  return callsItself && process.startEventId !== undefined ? [elements.get(process.startEventId)!] : []
}

function waits(model: ProcessModel, element: ElementModel): boolean {
  switch (element.kind) {
    case 'serviceTask':
    case 'receiveTask':
    // They may change what the next time depends on.
    case 'scriptTask':
    case 'businessRuleTask':
    case 'eventBasedGateway':
    case 'userTask':
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
