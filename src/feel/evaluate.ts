import { evaluate as interpret, isFunction, type Warning } from 'feelin'
import { inTime, type TimeLimits } from '../inTime.ts'
import { callName, dialect, type Expression, type FeelExpression } from './expression.ts'
import { functionNamed, inWarning, isBuiltin, type Surroundings } from './functions.ts'
import { asDecimals, toJson } from './json.ts'

/** Where variables are looked up; undefined: there is none of that name. */
export interface VariableLookup {
  get(name: string): unknown
}

/**
 * `value` is JSON; `feel` the same with its dates, times, durations and functions, which another expression can be handed as a
 * variable; `type` its FEEL type in Zeebe's words; `warnings` what made a part of it null.
 */
export interface Evaluation {
  value: unknown
  feel: unknown
  type: FeelType
  warnings: readonly string[]
  /** It did not come to a value at all (`assert`); then `value` is null. */
  failure?: string
}

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
  | 'TIME'
  | 'DATE_TIME'

/**
 * Evaluates an expression over variables. `now`: milliseconds since the epoch, what `now()` and `today()` answer;
 * `unique`: what `uuid()` and `random number()` are made of; without it they are null.
 */
export function evaluate(
  expression: Expression,
  variables: VariableLookup,
  now: number,
  unique?: () => string,
): Evaluation {
  if (expression.kind === 'static')
    return { value: expression.value, feel: expression.value, type: 'STRING', warnings: [] }
  return evaluatePath(expression, variables) ?? evaluateFeel(expression, variables, now, unique)
}

/** Undefined where a step of the path is no plain object: the interpreter knows what that means. */
function evaluatePath(expression: FeelExpression, variables: VariableLookup): Evaluation | undefined {
  if (expression.path === undefined) return undefined
  const [first, ...rest] = expression.path as [string, ...string[]]
  let value = variables.get(first)
  if (value === undefined) {
    if (rest.length > 0) return undefined
    return { value: null, feel: null, type: 'NULL', warnings: [noVariable(first)] }
  }
  for (const name of rest) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
      return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return { value, feel: value, type: typeOf(value), warnings: [] }
}

function evaluateFeel(
  expression: FeelExpression,
  variables: VariableLookup,
  now: number,
  unique: (() => string) | undefined,
): Evaluation {
  let own: string[] = []
  let failures: string[] = []
  const surroundings = {
    now,
    unique,
    warn: (warning: string) => own.push(warning),
    fail: (why: string) => failures.push(why),
  }
  const work = () => {
    ;[own, failures] = [[], []]
    const context = contextFor(expression, variables, surroundings)
    const result = interpret(expression.program, context, dialect)
    return { ...result, json: toJson(result.value) }
  }
  try {
    const { json, value, warnings } = expression.mayRunLong ? inTime(work, limits) : work()
    const asserted = failures.map((reason) => `[ASSERT_FAILURE] ${reason}`)
    const all = [...warnings.map(inZeebesWords), ...own, ...asserted]
    const [failure] = failures
    if (failure !== undefined) return { value: null, feel: null, type: 'NULL', warnings: all, failure }
    return { value: expression.computes ? asDecimals(json) : json, feel: value, type: typeOf(value), warnings: all }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { value: null, feel: null, type: 'NULL', warnings: own, failure }
  }
}

/**
 * Longer than that no honest expression takes; the thread that it would keep is everybody's. Where others keep the processor busy it
 * has eight seconds of anybody's time.
 */
const limits: TimeLimits = { most: 1_000, again: 4_000 }

/** Only what the expression names, each function under its own name; a missing variable is not the function of its name. */
function contextFor(
  expression: FeelExpression,
  variables: VariableLookup,
  surroundings: Surroundings,
): Record<string, unknown> {
  const context = new Map<string, unknown>()
  for (const name of expression.variables) {
    const value = variables.get(name)
    if (value !== undefined) context.set(name, value)
    else if (isBuiltin(name)) {
      context.set(name, null)
      surroundings.warn(noVariable(name))
    }
  }
  for (const name of expression.functions) {
    const callable = functionIn(variables, name) ?? functionNamed(name, surroundings)
    if (callable !== undefined) context.set(callName(name), callable)
  }
  return Object.fromEntries(context)
}

/** A variable that is a function, as in DMN, is called before a built-in one of its name. */
function functionIn(variables: VariableLookup, name: string): unknown {
  const value = variables.get(name)
  return typeof value === 'function' || isFunction(value) ? value : undefined
}

/** The type of a FEEL value or of JSON. */
export function typeOf(value: unknown): FeelType {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'boolean') return 'BOOLEAN'
  if (typeof value === 'number') return Number.isFinite(value) ? 'NUMBER' : 'NULL'
  if (typeof value === 'string') return 'STRING'
  if (Array.isArray(value)) return 'ARRAY'
  switch (value.constructor?.name) {
    case 'FeelDate':
      return 'DATE'
    case 'FeelTime':
      return 'TIME'
    case 'FeelDateTime':
      return 'DATE_TIME'
    case 'FeelDuration':
      return (value as { yearsMonths: boolean }).yearsMonths ? 'PERIOD' : 'DURATION'
    case 'FeelRange':
    case 'FeelFunction':
    case 'Function':
      return 'NULL'
    default:
      return 'OBJECT'
  }
}

function noVariable(name: string): string {
  return `[NO_VARIABLE_FOUND] No variable found with name '${name}'`
}

function inZeebesWords(warning: Warning): string {
  const { type, details } = warning
  const name = /^(?:Variable|Key|Property) '(.*)' not found/s.exec(details.template)?.[1]
  if (type === 'NO_VARIABLE_FOUND' && name !== undefined) return noVariable(name)
  const target = details.values.target
  if (type === 'NO_CONTEXT_ENTRY_FOUND' && name !== undefined) {
    return `[${type}] No context entry found with key '${name}'. Available keys: ${Object.keys(target ?? {}).join(', ')}`
  }
  if (type === 'NO_PROPERTY_FOUND' && name !== undefined) {
    return target === null
      ? `[NO_CONTEXT_ENTRY_FOUND] No context entry found with key '${name}'. Available keys: `
      : `[${type}] No property found with name '${name}' of value '${inWarning(target)}'. Available properties: `
  }
  return `[${type}] ${warning.message}`
}
