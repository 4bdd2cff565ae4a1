import type { Budget } from '../feel/budget.ts'
import { evaluate } from '../feel/evaluate.ts'
import type { FeelExpression } from '../feel/expression.ts'
import { toJson } from '../feel/values/json.ts'
import type { Logic } from './model.ts'

/** A decision cannot be evaluated; the message is what comes behind `Expected to evaluate decision 'x', but `. */
export class EvaluationFailure extends Error {}

/** What is evaluated on the way: decisions, and the business knowledge models that they call. Values are JSON. */
export interface EvaluatedDecision {
  id: string
  name: string
  type: DecisionType
  output: unknown
  inputs: readonly EvaluatedInput[]
  matchedRules: readonly MatchedRule[]
}

export type DecisionType =
  | 'DECISION_TABLE'
  | 'LITERAL_EXPRESSION'
  | 'CONTEXT'
  | 'LIST'
  | 'RELATION'
  | 'INVOCATION'
  | 'UNKNOWN'

export interface EvaluatedInput {
  id: string
  name: string | undefined
  value: unknown
}

export interface MatchedRule {
  id: string
  /** From 1. */
  index: number
  outputs: readonly EvaluatedOutput[]
}

export interface EvaluatedOutput {
  id: string
  name: string | undefined
  value: unknown
}

/** What a table tells of itself, beside its result. */
export interface TableReport {
  inputs: readonly EvaluatedInput[]
  matchedRules: readonly MatchedRule[]
}

/** FEEL values by name: JSON, dates and such, functions. */
export type Values = Readonly<Record<string, unknown>>

/** Where logic is evaluated. */
export interface Scope {
  readonly variables: Values
  readonly now: number
  readonly unique: (() => string) | undefined
  /** What all of it may do: decisions that require another twice, and functions that call another twice, double with each. */
  readonly budget: Budget
  readonly evaluated: EvaluatedDecision[]
  /** Evaluates logic of any kind; `report` is told what a table found. */
  evaluate(logic: Logic, scope: Scope, report?: (report: TableReport) => void): unknown
}

export function withVariables(scope: Scope, variables: Values): Scope {
  return { ...scope, variables: { ...scope.variables, ...variables } }
}

/** A FEEL value. Throws EvaluationFailure. */
export function evaluateExpression(expression: FeelExpression, { variables, now, unique, budget }: Scope): unknown {
  const { feel, failure } = evaluate(expression, lookupIn(variables), now, unique, budget)
  if (failure !== undefined) throw new EvaluationFailure(failure)
  return feel
}

export function lookupIn(variables: Values): { get(name: string): unknown } {
  return { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) }
}

/** A decision is evaluated, or a function called. Throws OverBudget after ten thousand, which no honest decision takes. */
export function spend({ budget }: Scope): void {
  budget.spend(500)
}

/** Evaluates what a decision or a business knowledge model consists of, and notes it down. */
export function evaluateContainer(container: { id: string; name: string; logic: Logic }, scope: Scope): unknown {
  spend(scope)
  const { id, name, logic } = container
  let report: TableReport = { inputs: [], matchedRules: [] }
  const note = (output: unknown): void => {
    scope.evaluated.push({ id, name, type: types[logic.kind], output: toJson(output), ...report })
  }
  try {
    const result = scope.evaluate(logic, scope, (told) => {
      report = told
    })
    note(result)
    return result
  } catch (error) {
    if (error instanceof EvaluationFailure) note(null)
    throw error
  }
}

const types: Record<Logic['kind'], DecisionType> = {
  decisionTable: 'DECISION_TABLE',
  literalExpression: 'LITERAL_EXPRESSION',
  context: 'CONTEXT',
  list: 'LIST',
  relation: 'RELATION',
  invocation: 'INVOCATION',
  functionDefinition: 'UNKNOWN',
  none: 'UNKNOWN',
}
