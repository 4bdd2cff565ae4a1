import type { Key, Variables } from '../../command.ts'
import type { DecisionEvaluation } from '../../decisionEvaluation.ts'
import { evaluatedDecision } from '../../evaluatedDecision.ts'
import { defaultTenant } from '../../tenant.ts'
import type { UnaryCall } from '../context.ts'
import { documentOf } from '../document.ts'
import { checkTenant } from '../tenant.ts'

interface EvaluateDecisionRequest {
  decisionKey: Key
  decisionId: string
  variables: string | Variables
  tenantId: string
}

interface Evaluated {
  decisionKey: Key
  decisionId: string
  decisionName: string
  decisionVersion: number
  decisionRequirementsId: string
  decisionRequirementsKey: Key
  evaluatedDecisions: ReturnType<typeof evaluatedDecision>[]
  decisionOutput?: string
  failedDecisionId?: string
  failureMessage?: string
}

interface EvaluateDecisionResponse extends Evaluated {
  decisionInstanceKey: Key
  tenantId: string
}

export const evaluateDecision: UnaryCall<EvaluateDecisionRequest, EvaluateDecisionResponse> = async (
  request,
  { runtime },
) => {
  const { decisionKey, decisionId } = request
  const variables = documentOf(request.variables)
  checkTenant('EvaluateDecision', request.tenantId)
  const { key, evaluation } = await runtime.execute({ type: 'EvaluateDecision', decisionKey, decisionId, variables })
  return { ...responseOf(evaluation), decisionInstanceKey: key, tenantId: defaultTenant }
}

/** A failed evaluation has no output, and says why. */
function responseOf({ decision, evaluated, output, failure }: DecisionEvaluation): Evaluated {
  return {
    decisionKey: decision.key,
    decisionId: decision.decisionId,
    decisionName: decision.name,
    decisionVersion: decision.version,
    decisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    evaluatedDecisions: evaluated.map(evaluatedDecision),
    ...(failure === undefined
      ? { decisionOutput: JSON.stringify(output) }
      : { failedDecisionId: failure.decisionId, failureMessage: failure.message }),
  }
}
