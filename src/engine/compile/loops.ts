import type { ElementModel, ProcessModel } from './model.ts'

/** An element in its process. */
interface Stop {
  readonly model: ProcessModel
  readonly element: ElementModel
}

/**
 * The ids of a loop that is run through without waiting, the first one again at the end; undefined where there is none. As on the real engine it
 * is looked for from tasks that do nothing and from calls on, by their ids: a loop of gateways that none of them leads to is let pass. `models`: all
 * processes of the file; what another one does that is called comes to light when it runs.
 */
export function straightThroughLoop(model: ProcessModel, models: readonly ProcessModel[]): string[] | undefined {
  const done = new Set<ElementModel>()
  const starts = [...model.elements.values()].filter(({ kind }) => kind === 'task' || kind === 'callActivity')
  for (const element of starts.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const loop = loopFrom({ model, element }, models, done)
    if (loop !== undefined) return loop
  }
  return undefined
}

/** Depth first, with a stack of its own: a chain of elements may be longer than the engine's is deep. */
function loopFrom(start: Stop, models: readonly ProcessModel[], done: Set<ElementModel>): string[] | undefined {
  const path: { element: ElementModel; next: Stop[] }[] = []
  const onPath = new Set<ElementModel>()
  const enter = (stop: Stop): void => {
    if (done.has(stop.element) || !straight.has(stop.element.kind)) return
    path.push({ element: stop.element, next: nextOf(stop, models) })
    onPath.add(stop.element)
  }
  enter(start)
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.next.shift()
    if (next === undefined) {
      path.pop()
      onPath.delete(last.element)
      done.add(last.element)
    } else if (onPath.has(next.element)) {
      const elements = path.map(({ element }) => element)
      return [...elements.slice(elements.indexOf(next.element)), next.element].map(({ id }) => id)
    } else enter(next)
  }
  return undefined
}

const straight: ReadonlySet<ElementModel['kind']> = new Set([
  'task',
  'exclusiveGateway',
  'inclusiveGateway',
  'parallelGateway',
  'startEvent',
  'endEvent',
  'subProcess',
  'callActivity',
] as const)

function nextOf({ model, element }: Stop, models: readonly ProcessModel[]): Stop[] {
  switch (element.kind) {
    case 'subProcess':
      return [{ model, element: model.elements.get(element.startEventId)! }]
    case 'callActivity': {
      const { processId } = element
      const called = models.find(
        ({ bpmnProcessId }) => processId.kind === 'static' && processId.value === bpmnProcessId,
      )
      const startEventId = called?.process.startEventId
      return startEventId === undefined ? [] : [{ model: called!, element: called!.elements.get(startEventId)! }]
    }
    default: {
      // Where the path in a scope ends, it goes on behind the scope.
      const left = element.outgoing.length > 0 ? element : model.elements.get(element.scopeId)
      const targets = (left?.outgoing ?? []).map((id) => model.flows.get(id)!.targetId)
      return targets.map((id) => ({ model, element: model.elements.get(id)! }))
    }
  }
}
