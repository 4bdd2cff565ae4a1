import { EvaluationFailure, type Scope, spend, withVariables } from './evaluation.ts'
import type { Parameter } from './model.ts'
import { checkType } from './typeCheck.ts'

/** A function that FEEL can call. As in dmn-scala, its own failure makes the call null. */
export function functionOf(
  parameters: readonly Parameter[],
  scope: Scope,
  evaluate: (inner: Scope) => unknown,
): unknown {
  const call = (...values: unknown[]): unknown => {
    try {
      spend(scope)
      const given = parameters.map(({ name, type }, at) => [name, checkType(values[at] ?? null, type)])
      return evaluate(withVariables(scope, Object.fromEntries(given)))
    } catch (error) {
      if (error instanceof EvaluationFailure) return null
      throw error
    }
  }
  return Object.assign(call, { $args: parameters.map(({ name }) => name) })
}
