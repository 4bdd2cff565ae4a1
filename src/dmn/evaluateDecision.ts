import { toJson } from '../feel/json.ts'
import { inTime, type TimeLimits, TookTooLong } from '../inTime.ts'
import {
  type EvaluatedDecision,
  EvaluationFailure,
  evaluateContainer,
  mostEvaluated,
  type Scope,
  spend,
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
  const work = (): unknown => {
    evaluated.length = 0
    const budget = { left: mostEvaluated }
    const scope: Scope = { variables, now, unique, evaluated, budget, evaluate: evaluateLogic }
    const decision = decisions.get(decisionId)
    if (decision === undefined) throw new EvaluationFailure(`no decision found with id '${decisionId}'`)
    const output = toJson(resultOf(decisions, decision, scope))
    // A function's failure makes its call null; this one is everybody's.
    if (budget.left < 0) spend(scope)
    return output
  }
  try {
    return { output: inTime(work, limits), evaluated }
  } catch (error) {
    if (!(error instanceof EvaluationFailure || error instanceof TookTooLong)) throw error
    const failure = `Expected to evaluate decision '${decisionId}', but ${error.message}`
    return { failure, failedDecisionId: evaluated.at(-1)?.id ?? decisionId, evaluated }
  }
}

/** Longer than that takes no table that a person can read; the thread is everybody's. */
const limits: TimeLimits = { most: 5_000, again: 10_000 }

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
