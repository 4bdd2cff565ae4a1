import type { EvaluateDecision } from '../command.ts'
import type { DecisionEvaluation } from '../decisionEvaluation.ts'
import { evaluatedDecision } from '../evaluatedDecision.ts'
import { defaultTenant } from '../tenant.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const decisionEvaluationRecords = {
  DECISION_EVALUATED: ({ key, evaluation }) => [
    { valueType: 'DECISION_EVALUATION', intent: 'EVALUATED', key, value: evaluationValue(evaluation) },
  ],
  DECISION_EVALUATION_FAILED: ({ key, evaluation }) => [
    { valueType: 'DECISION_EVALUATION', intent: 'FAILED', key, value: evaluationValue(evaluation) },
  ],
} satisfies Partial<RecordsOf>

export function decisionEvaluationCommand({ decisionId, decisionKey, variables }: EvaluateDecision): Draft {
  const value = { ...empty, decisionId, decisionKey, variables }
  return { valueType: 'DECISION_EVALUATION', intent: 'EVALUATE', key: -1, value }
}

const empty: Value = {
  decisionKey: -1,
  decisionId: '',
  decisionName: '',
  decisionVersion: -1,
  decisionRequirementsId: '',
  decisionRequirementsKey: -1,
  decisionOutput: 'null',
  variables: {},
  bpmnProcessId: '',
  processDefinitionKey: -1,
  processInstanceKey: -1,
  elementId: '',
  elementInstanceKey: -1,
  evaluatedDecisions: [],
  evaluationFailureMessage: '',
  failedDecisionId: '',
  tenantId: defaultTenant,
}

function evaluationValue({ decision, evaluated, output, failure, element }: DecisionEvaluation): Value {
  return {
    ...empty,
    decisionKey: decision.key,
    decisionId: decision.decisionId,
    decisionName: decision.name,
    decisionVersion: decision.version,
    decisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    decisionOutput: JSON.stringify(output),
    evaluatedDecisions: evaluated.map(evaluatedDecision),
    ...(failure && { evaluationFailureMessage: failure.message, failedDecisionId: failure.decisionId }),
    ...(element && {
      bpmnProcessId: element.bpmnProcessId,
      processDefinitionKey: element.processDefinitionKey,
      processInstanceKey: element.processInstanceKey,
      elementId: element.elementId,
      elementInstanceKey: element.key,
    }),
  }
}
