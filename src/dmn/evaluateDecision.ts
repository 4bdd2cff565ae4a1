import { Budget, OverBudget } from '../feel/budget.ts'
import { toJson } from '../feel/values/json.ts'
import {
  type EvaluatedDecision,
  EvaluationFailure,
  evaluateContainer,
  type Scope,
  type TableReport,
  type Values,
  withVariables,
} from './evaluation.ts'
import { functionsOf } from './knowledge.ts'
import { evaluateContext } from './logic/context.ts'
import { evaluateDecisionTable } from './logic/decisionTable.ts'
import { evaluateFunctionDefinition } from './logic/functionDefinition.ts'
import { evaluateInvocation } from './logic/invocation.ts'
import { evaluateList } from './logic/list.ts'
import { evaluateLiteralExpression } from './logic/literalExpression.ts'
import { evaluateRelation } from './logic/relation.ts'
import type { Decision, DecisionRequirements, Logic } from './model.ts'
import { checkType } from './typeCheck.ts'

/** `output` is JSON. `evaluated`: in their order, the required ones first, the failed one last. */
export type DecisionResult = { evaluated: readonly EvaluatedDecision[] } & (
  | { output: unknown; failure?: never }
  | { failure: string; failedDecisionId: string }
)

/**
 * Evaluates a decision of the file, and what it requires before it. `now` and `unique` as FEEL's `evaluate` takes them. A failure
 * is in Zeebe's words.
 */
export function evaluateDecision(
  { decisions }: DecisionRequirements,
  decisionId: string,
  variables: Values,
  now: number,
  unique?: () => string,
): DecisionResult {
  const evaluated: EvaluatedDecision[] = []
  const budget = new Budget()
  try {
    const scope: Scope = { variables, now, unique, budget, evaluated, evaluate: evaluateLogic }
    const decision = decisions.get(decisionId)
    if (decision === undefined) throw new EvaluationFailure(`no decision found with id '${decisionId}'`)
    return { output: toJson(resultOf(decisions, decision, scope)), evaluated }
  } catch (error) {
    if (!(error instanceof EvaluationFailure || error instanceof OverBudget)) throw error
    const failure = `Expected to evaluate decision '${decisionId}', but ${error.message}`
    return { failure, failedDecisionId: evaluated.at(-1)?.id ?? decisionId, evaluated }
  }
}

/** A decision sees the results of those that it requires itself, not of those that these require. */
function resultOf(decisions: DecisionRequirements['decisions'], decision: Decision, scope: Scope): unknown {
  const required = decision.requires.map((id) => decisions.get(id)!)
  const results = required.map((other) => [other.resultName, resultOf(decisions, other, scope)])
  const functions = functionsOf(decision.knowledge, scope)
  const inner = withVariables(scope, { ...Object.fromEntries(results), ...functions })
  return checkType(evaluateContainer(decision, inner), decision.resultType)
}

function evaluateLogic(logic: Logic, scope: Scope, tell?: (report: TableReport) => void): unknown {
  switch (logic.kind) {
    case 'decisionTable':
      return evaluateDecisionTable(logic, scope, tell)
    case 'literalExpression':
      return evaluateLiteralExpression(logic, scope)
    case 'context':
      return evaluateContext(logic, scope)
    case 'list':
      return evaluateList(logic, scope)
    case 'relation':
      return evaluateRelation(logic, scope)
    case 'invocation':
      return evaluateInvocation(logic, scope)
    case 'functionDefinition':
      return evaluateFunctionDefinition(logic, scope)
    case 'none':
      return null
    default:
      throw logic satisfies never
  }
}
