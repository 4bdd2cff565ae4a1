import { evaluateDecision as decide } from '../dmn/evaluateDecision.ts'
import type { EvaluatedDecision } from '../dmn/evaluation.ts'
import type { Binding } from './compile/model.ts'
import type { DecisionEvaluation } from './decisionEvaluation.ts'
import type { Key, Variables } from './key.ts'
import { emit, nextKey, type Run, uniqueDigits } from './run.ts'
import type { DecisionRow, ElementInstance } from './state/rows.ts'

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

/** The version that a process is bound to, or why there is none. */
export function boundDecision(run: Run, decisionId: string, binding: Binding, processKey: Key): DecisionRow | string {
  const versions = run.state.decisions.in('byId', decisionId)
  switch (binding.type) {
    case 'latest':
      return latestDecision(run, decisionId)
    case 'deployment': {
      const { deploymentKey } = run.state.processes.get(processKey)!
      const found = versions.findLast((version) => version.deploymentKey === deploymentKey)
      return found ?? notDeployedWith(decisionId, deploymentKey)
    }
    case 'versionTag': {
      const found = versions.findLast(({ versionTag }) => versionTag === binding.versionTag)
      return found ?? notTagged(decisionId, binding.versionTag)
    }
  }
}

function notDeployedWith(decisionId: string, deploymentKey: Key): string {
  return `Expected to evaluate decision '${decisionId}' with binding type 'deployment', but no such decision found in the deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended decision to evaluate.`
}

function notTagged(decisionId: string, versionTag: string): string {
  return `Expected to evaluate decision with id '${decisionId}' and version tag '${versionTag}', but no such decision found. To resolve this incident, deploy a decision with the given id and version tag.`
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
