import { linkTargetOf } from './compile/links.ts'
import type { ElementModel, InclusiveGateway, ProcessModel } from './compile/model.ts'
import { modelOf, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'

/** A token that arrives begins its element, and takes those with it that had arrived before (the flows that they came by); or it waits, for the reason given. */
export type Arrival = { by: readonly string[] } | { refused: string }

/** Whether an element waits for the tokens of several flows: their arrival is counted. */
export function isJoin({ kind }: ElementModel): boolean {
  return kind === 'parallelGateway' || kind === 'inclusiveGateway'
}

/** A token has come by a flow. */
export function arrivalAt(run: Run, scope: ElementInstance, element: ElementModel, flowId: string): Arrival {
  if (element.kind !== 'parallelGateway' && element.kind !== 'inclusiveGateway') return { by: [flowId] }
  const arrived = Object.keys(scope.takenFlows?.[element.id] ?? {})
  if (arrived.length >= element.incoming.length) return { by: arrived }
  return element.kind === 'inclusiveGateway' ? arrivalAtInclusive(run, scope, element, arrived) : missing(element.id)
}

function missing(id: string): Arrival {
  return {
    refused: `Expected to be able to activate parallel gateway '${id}', but not all sequence flows have been taken.`,
  }
}

/** It goes on when no token is left that could still come by another flow. Zeebe asks when a token arrives, and only then. */
function arrivalAtInclusive(
  run: Run,
  scope: ElementInstance,
  gateway: InclusiveGateway,
  arrived: readonly string[],
): Arrival {
  const refused = (why: string): Arrival => ({
    refused: `Expected to be able to activate inclusive gateway '${gateway.id}', but ${why}`,
  })
  if (arrived.length === 0) return refused('the inclusive gateway way already activated.')
  const model = modelOf(run, scope)
  const from = elementsWithTokens(run, scope, model).filter((id) => id !== gateway.id)
  return leadsTo(model, from, gateway.id, new Set(arrived))
    ? refused('not all satisfied sequence flows have been taken.')
    : { by: arrived }
}

/** The elements that run in a scope, and those that tokens are on their way to. */
function elementsWithTokens(run: Run, scope: ElementInstance, model: ProcessModel): string[] {
  const running = run.state.elements.in('byScope', scope.key).map(({ elementId }) => elementId)
  const onTheWay = run.steps
    .slice(run.taken.steps)
    .flatMap((step) => (step.type === 'activate' && step.scopeKey === scope.key && step.flowId ? step.elementId : []))
  const waiting = Object.entries(scope.takenFlows ?? {}).flatMap(([id, flows]) =>
    Object.keys(flows).length > 0 ? id : [],
  )
  return [...running, ...onTheWay, ...waiting].filter((id) => model.elements.has(id))
}

/** Whether a token can come from one of some elements to another by a flow that none has come by. */
function leadsTo(model: ProcessModel, from: readonly string[], target: string, arrived: ReadonlySet<string>): boolean {
  const seen = new Set<string>()
  const open = [...from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === target) return true
    if (seen.has(id)) continue
    seen.add(id)
    const element = model.elements.get(id)!
    const { outgoing, boundaryEvents } = element
    for (const flowId of outgoing) if (!arrived.has(flowId)) open.push(model.flows.get(flowId)!.targetId)
    open.push(...boundaryEvents, ...[linkTargetOf(element) ?? []].flat())
  }
  return false
}
