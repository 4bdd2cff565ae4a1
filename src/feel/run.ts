import { Budget, OverBudget } from './budget.ts'
import { type Code, NoInput } from './compile/code.ts'
import { Scope, type VariableLookup } from './compile/scope.ts'
import { ArithmeticFailure } from './values/decimal.ts'
import { EvaluationFailed, FeelError, FeelFunction, type FeelValue, type WarningType } from './values/value.ts'

/** What came of it: a FEEL value, or why there is none. */
export interface Outcome<Result> {
  readonly result?: Result
  readonly failure?: string
  readonly warnings: readonly string[]
}

/** What is run: code, and the words in which its failures name it. */
export interface Runnable {
  readonly source: string
  readonly code: Code
}

/**
 * Evaluates it over variables, within bounds of steps and size. `finish` makes the result, within the same bounds. Variables that are
 * functions can be called. `budget`: what is left of a larger whole that this is a part of; where that is used up, OverBudget is thrown.
 */
export function run<Result>(
  { source, code }: Runnable,
  variables: VariableLookup,
  now: number,
  unique: (() => string) | undefined,
  budget: Budget | undefined,
  finish: (value: FeelValue) => Result,
): Outcome<Result> {
  const warnings: string[] = []
  let asserted: string | undefined
  const names: VariableLookup = {
    get: (name) => variables.get(name),
    callables: (name) => callablesIn(variables, name),
  }
  const warn = (type: WarningType, message: string) => {
    if (type === 'ASSERT_FAILURE') asserted ??= message
    if (warnings.length < mostWarnings) warnings.push(`[${type}] ${message}`)
  }
  try {
    const value = code(new Scope({ now, unique, budget: budget ?? new Budget(), warn }, names))
    if (asserted !== undefined)
      return { warnings, failure: `Assertion failure on evaluate the expression '${source}': ${asserted}` }
    if (value instanceof FeelError)
      return { warnings, failure: `failed to evaluate expression '${source}': ${value.reason}` }
    return { warnings, result: finish(value) }
  } catch (error) {
    if (error instanceof OverBudget && budget !== undefined) throw error
    const failure = `failed to evaluate expression '${source}'${reasonOf(error)}`
    return { warnings: isException(error) ? [] : warnings, failure }
  }
}

function callablesIn(variables: VariableLookup, name: string): readonly FeelFunction[] {
  const value = variables.get(name)
  const given = variables.callables?.(name) ?? []
  return value instanceof FeelFunction ? [value, ...given] : given
}

/** What is an exception to feel-scala: it forgets the warnings. */
function isException(error: unknown): boolean {
  return error instanceof ArithmeticFailure || (error instanceof EvaluationFailed && !(error instanceof NoInput))
}

/** An exception of Java's stands after a space and a colon. */
function reasonOf(error: unknown): string {
  if (error instanceof ArithmeticFailure) return ` : java.lang.ArithmeticException: ${error.message}`
  if (isException(error)) return ` : ${(error as Error).message}`
  if (error instanceof NoInput || error instanceof OverBudget) return `: ${error.message}`
  if (error instanceof RangeError) return ': it is nested too deeply, or its numbers are too large'
  return `: ${error instanceof Error ? error.message : String(error)}`
}

/** A loop makes one a turn. */
const mostWarnings = 100
