import { evaluateDecision as decide } from '../dmn/evaluateDecision.ts'
import type { EvaluatedDecision } from '../dmn/evaluation.ts'
import type { DecisionEvaluation } from './decisionEvaluation.ts'
import type { Key, Variables } from './key.ts'
import { emit, nextKey, type Run, uniqueDigits } from './run.ts'
import type { DecisionRow, ElementInstance } from './state.ts'

/** Evaluates a version of a decision, and says so. */
export function evaluateDecision(
  run: Run,
  decision: DecisionRow,
  variables: Variables,
  element?: ElementInstance,
): { key: Key; evaluation: DecisionEvaluation } {
  const { decisionId, decisionRequirementsKey } = decision
  const model = run.state.decisionModels.get(decisionRequirementsKey)!
  const result = decide(model, decisionId, variables, run.now, () => uniqueDigits(run))
  const evaluation = {
    decision,
    evaluated: result.evaluated.map((part) => ({ ...part, ...versionOf(run, decision, part) })),
    output: result.failure === undefined ? result.output : null,
    ...(result.failure !== undefined && { failure: { message: result.failure, decisionId: result.failedDecisionId } }),
    ...(element && { element }),
  }
  const key = nextKey(run)
  const type = result.failure === undefined ? 'DECISION_EVALUATED' : 'DECISION_EVALUATION_FAILED'
  emit(run, { type, key, evaluation })
  return { key, evaluation }
}

/** The latest version, or why there is none, in the real engine's words. */
export function latestDecision({ state }: Run, decisionId: string): DecisionRow | string {
  return state.decisions.in('byId', decisionId).at(-1) ?? noDecision('id', decisionId)
}

export function noDecision(by: 'id' | 'key', which: string | Key): string {
  return `Expected to evaluate decision '${which}', but no decision found for ${by} '${which}'`
}

/** Of what is no decision, such as business knowledge that one required: -1. */
function versionOf(
  { state }: Run,
  { decisionRequirementsKey }: DecisionRow,
  part: EvaluatedDecision,
): { key: Key; version: number } {
  const siblings = state.decisions.in('byRequirements', decisionRequirementsKey)
  const { key, version } = siblings.find(({ decisionId }) => decisionId === part.id) ?? { key: -1, version: -1 }
  return { key, version }
}
