import { FeelFunction, type FeelValue } from '../feel/values/value.ts'
import { EvaluationFailure, type Scope, spend, withVariables } from './evaluation.ts'
import type { Parameter } from './model.ts'
import { checkType } from './typeCheck.ts'

/** A function that FEEL can call. As in dmn-scala, its own failure makes the call null. */
export function functionOf(
  parameters: readonly Parameter[],
  scope: Scope,
  evaluate: (inner: Scope) => unknown,
): FeelFunction {
  const names = parameters.map(({ name }) => name)
  return new FeelFunction(names, (values, { budget }) => {
    try {
      spend(scope)
      const given = parameters.map(({ name, type }, at) => [name, checkType(values[at] ?? null, type)])
      return evaluate(withVariables({ ...scope, budget }, Object.fromEntries(given))) as FeelValue
    } catch (error) {
      if (error instanceof EvaluationFailure) return null
      throw error
    }
  })
}
