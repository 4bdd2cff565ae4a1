import type { Node } from './compile/moddle.ts'
import type { ExclusiveGateway, InclusiveGateway } from './compile/model.ts'
import type { Problems } from './compile/problems.ts'
import { IncidentRaised, modelOf, type Run } from './run.ts'
import type { ElementInstance } from './state/rows.ts'
import { evaluateBoolean } from './variables/expressions.ts'

type Gateway = ExclusiveGateway | InclusiveGateway

/** The default flow of a gateway, checked. */
export function compileDefaultFlow(node: Node, id: string, problems: Problems): { defaultFlowId?: string } {
  const flow = node.default
  if (flow === undefined) return {}
  if (flow.sourceRef !== node) problems.add(id, 'Default flow must start at gateway')
  return flow.id === undefined ? {} : { defaultFlowId: flow.id }
}

/** Each of several flows has a condition, but for the default flow, which may have one that is never evaluated. */
export function checkConditions(
  node: Node,
  flows: readonly Node[],
  { problems, problem }: { problems: Problems; problem: string },
): void {
  if (flows.length < 2) return
  for (const flow of flows) {
    if (flow.conditionExpression === undefined && flow !== node.default) problems.add(flow.id ?? '', problem)
  }
}

/**
 * The flows that a gateway takes by their conditions: the first true one, or all that are; else the default flow. One flow alone without a
 * condition is taken, and without any the token ends. Zeebe: where none is true and there is no default flow, incident CONDITION_ERROR; a condition
 * that is not boolean, EXTRACT_VALUE_ERROR.
 */
export function chooseFlows(
  run: Run,
  instance: ElementInstance,
  { outgoing, defaultFlowId }: Gateway,
  which: 'first' | 'all',
): readonly string[] {
  const { flows } = modelOf(run, instance)
  const isTrue = (id: string): boolean => {
    const { condition } = flows.get(id)!
    return condition !== undefined && evaluateBoolean(run, instance.key, condition)
  }
  if (outgoing.length === 0) return []
  if (outgoing.length === 1 && flows.get(outgoing[0]!)!.condition === undefined) return outgoing
  const conditional = outgoing.filter((id) => id !== defaultFlowId)
  const chosen = which === 'all' ? conditional.filter(isTrue) : [conditional.find(isTrue) ?? []].flat()
  if (chosen.length > 0) return chosen
  if (defaultFlowId !== undefined) return [defaultFlowId]
  throw new IncidentRaised(
    'CONDITION_ERROR',
    'Expected at least one condition to evaluate to true, or to have a default flow',
    instance.key,
  )
}
