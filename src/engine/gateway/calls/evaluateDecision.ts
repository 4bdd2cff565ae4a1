import type { Key } from '../../command.ts'
import type { DecisionEvaluation } from '../../decisionEvaluation.ts'
import type { UnaryCall } from '../context.ts'
import { parseDocument } from '../document.ts'
import { checkTenant, defaultTenant } from '../tenant.ts'

interface EvaluateDecisionRequest {
  decisionKey: Key
  decisionId: string
  variables: string
  tenantId: string
}

export const evaluateDecision: UnaryCall<EvaluateDecisionRequest, object> = async (request, { runtime }) => {
  const { decisionKey, decisionId } = request
  const variables = parseDocument(request.variables)
  checkTenant('EvaluateDecision', request.tenantId)
  const { key, evaluation } = await runtime.execute({ type: 'EvaluateDecision', decisionKey, decisionId, variables })
  return { ...responseOf(evaluation), decisionInstanceKey: key, tenantId: defaultTenant }
}

/** A failed evaluation has no output, and says why. */
function responseOf({ decision, evaluated, output, failure }: DecisionEvaluation): object {
  return {
    decisionKey: decision.key,
    decisionId: decision.decisionId,
    decisionName: decision.name,
    decisionVersion: decision.version,
    decisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    evaluatedDecisions: evaluated.map(partOf),
    ...(failure === undefined
      ? { decisionOutput: JSON.stringify(output) }
      : { failedDecisionId: failure.decisionId, failureMessage: failure.message }),
  }
}

function partOf(part: DecisionEvaluation['evaluated'][number]): object {
  return {
    decisionKey: part.key,
    decisionId: part.id,
    decisionName: part.name,
    decisionVersion: part.version,
    decisionType: part.type,
    decisionOutput: JSON.stringify(part.output),
    tenantId: defaultTenant,
    evaluatedInputs: part.inputs.map(({ id, name, value }) => ({
      inputId: id,
      inputName: name ?? '',
      inputValue: JSON.stringify(value),
    })),
    matchedRules: part.matchedRules.map(({ id, index, outputs }) => ({
      ruleId: id,
      ruleIndex: index,
      evaluatedOutputs: outputs.map((output) => ({
        outputId: output.id,
        outputName: output.name ?? '',
        outputValue: JSON.stringify(output.value),
      })),
    })),
  }
}
