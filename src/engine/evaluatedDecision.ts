import type { DecisionEvaluation } from './decisionEvaluation.ts'
import { defaultTenant } from './tenant.ts'

/** One of the decisions that were evaluated, as both the records and the gateway tell it. */
export function evaluatedDecision(part: DecisionEvaluation['evaluated'][number]) {
  return {
    decisionId: part.id,
    decisionName: part.name,
    decisionKey: part.key,
    decisionVersion: part.version,
    decisionType: part.type,
    decisionOutput: JSON.stringify(part.output),
    evaluatedInputs: part.inputs.map(({ id, name = '', value }) => ({
      inputId: id,
      inputName: name,
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
    tenantId: defaultTenant,
  }
}
