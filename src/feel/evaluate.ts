import type { Budget } from './budget.ts'
import type { VariableLookup } from './compile/scope.ts'
import type { Expression, FeelExpression } from './expression.ts'
import { run } from './run.ts'
import { toJson } from './values/json.ts'
import { type FeelValue, isContext, typeName } from './values/value.ts'

export type { VariableLookup } from './compile/scope.ts'

/**
 * `value` is JSON; `feel` the same with its dates, times, durations and functions, which another expression can be handed as a
 * variable; `type` its FEEL type in Zeebe's words; `warnings` what made a part of it null.
 */
export interface Evaluation {
  value: unknown
  feel: unknown
  type: FeelType
  warnings: readonly string[]
  /** It did not come to a value at all (`assert`, out of bounds); then `value` is null. */
  failure?: string
}

/** UNKNOWN are times, ranges and functions. */
export type FeelType =
  | 'NULL'
  | 'BOOLEAN'
  | 'NUMBER'
  | 'STRING'
  | 'ARRAY'
  | 'OBJECT'
  | 'DURATION'
  | 'PERIOD'
  | 'DATE'
  | 'DATE_TIME'
  | 'UNKNOWN'

/**
 * Evaluates an expression over variables. `now`: milliseconds since the epoch, what `now()` and `today()` answer;
 * `unique`: what `uuid()` and `random number()` are made of; without it they are null. `budget`: of the whole that it is a part of.
 */
export function evaluate(
  expression: Expression,
  variables: VariableLookup,
  now: number,
  unique?: () => string,
  budget?: Budget,
): Evaluation {
  if (expression.kind === 'static')
    return { value: expression.value, feel: expression.value, type: 'STRING', warnings: [] }
  return evaluatePath(expression, variables) ?? evaluateFeel(expression, variables, now, unique, budget)
}

/** Undefined where a step of the path is no plain JSON object: the whole expression knows what that means. */
function evaluatePath(expression: FeelExpression, variables: VariableLookup): Evaluation | undefined {
  if (expression.path === undefined) return undefined
  const [first, ...rest] = expression.path as [string, ...string[]]
  let value = variables.get(first)
  for (const name of rest) {
    if (typeof value !== 'object' || !isContext(value as FeelValue) || !Object.hasOwn(value as object, name))
      return undefined
    value = (value as Record<string, unknown>)[name]
  }
  const isJson = typeof value !== 'object' || value === null
  return value !== undefined && isJson ? { value, feel: value, type: typeOf(value), warnings: [] } : undefined
}

function evaluateFeel(
  expression: FeelExpression,
  variables: VariableLookup,
  now: number,
  unique: (() => string) | undefined,
  budget: Budget | undefined,
): Evaluation {
  const { result, warnings, failure } = run(expression, variables, now, unique, budget, (feel) => ({
    feel,
    value: toJson(feel),
  }))
  if (result === undefined)
    return { value: null, feel: null, type: 'NULL', warnings, ...(failure !== undefined && { failure }) }
  return { ...result, type: typeOf(result.feel), warnings }
}

const types: Record<string, FeelType> = {
  null: 'NULL',
  boolean: 'BOOLEAN',
  number: 'NUMBER',
  string: 'STRING',
  list: 'ARRAY',
  context: 'OBJECT',
  date: 'DATE',
  'date and time': 'DATE_TIME',
  'days and time duration': 'DURATION',
  'years and months duration': 'PERIOD',
}

/** The type of a FEEL value or of JSON. */
export function typeOf(value: unknown): FeelType {
  return types[typeName(value)] ?? 'UNKNOWN'
}
