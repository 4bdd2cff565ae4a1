import type { ExclusiveGateway } from '../compile/model.ts'
import { evaluateBoolean } from '../expressions.ts'
import { passThrough } from '../lifecycle.ts'
import { IncidentRaised, modelOf, type Run } from '../run.ts'
import type { ElementInstance } from '../state.ts'
import type { Element } from './element.ts'

/**
 * BPMN 2.0.2 §13.4.2: the first flow whose condition is true. Zeebe: without one and without a default flow, incident
 * CONDITION_ERROR; a condition that is not boolean, EXTRACT_VALUE_ERROR.
 */
export const exclusiveGateway: Element<ExclusiveGateway> = {
  compile(node, base, { problems, siblings }) {
    const flows = siblings.leaving.get(node) ?? []
    if (flows.length > 1) {
      for (const flow of flows) {
        if (flow.conditionExpression === undefined && flow !== node.default) {
          problems.add(flow.id ?? base.id, 'Must have a condition or be default flow')
        }
      }
    }
    const defaultFlowId = node.default?.id
    return { ...base, kind: 'exclusiveGateway', ...(defaultFlowId !== undefined && { defaultFlowId }) }
  },
  activate(run, instance, element) {
    passThrough(run, instance, element, chooseFlow(run, instance, element))
  },
  complete() {},
}

function chooseFlow(run: Run, instance: ElementInstance, gateway: ExclusiveGateway): readonly string[] {
  const { flows } = modelOf(run, instance)
  if (gateway.outgoing.length === 0) return []
  const only = flows.get(gateway.outgoing[0]!)!
  if (gateway.outgoing.length === 1 && only.condition === undefined) return [only.id]
  const conditional = gateway.outgoing.filter((id) => id !== gateway.defaultFlowId)
  const chosen = conditional.find((id) => isTrue(run, instance, id)) ?? gateway.defaultFlowId
  if (chosen !== undefined) return [chosen]
  throw new IncidentRaised(
    'CONDITION_ERROR',
    'Expected at least one condition to evaluate to true, or to have a default flow',
    instance.key,
  )
}

function isTrue(run: Run, instance: ElementInstance, flowId: string): boolean {
  const { condition } = modelOf(run, instance).flows.get(flowId)!
  return condition !== undefined && evaluateBoolean(run, instance.key, condition)
}
