import type { Syntax } from '../parse/syntax.ts'
import { briefly } from '../values/text.ts'
import { EvaluationFailed, FeelError, type FeelValue, nothing, type Surroundings } from '../values/value.ts'
import type { Scope } from './scope.ts'

/** An expression that was read, ready to be evaluated again and again. */
export type Code = (scope: Scope) => FeelValue

/** Makes code of syntax of any kind. */
export type Compile = (syntax: Syntax) => Code

/** Without an input, an expression that asks for it has no value at all. */
export class NoInput extends EvaluationFailed {
  constructor() {
    super(`No input value available. '?' can only be used inside an unary-test expression.`)
  }
}

/** Null, and a warning. */
export function expected(type: string, value: FeelValue, surroundings: Surroundings): null {
  return nothing(surroundings, 'INVALID_TYPE', `Expected ${type} but found '${briefly(value)}'`)
}

/** One more value, after those that came to `before`. Only the first that is not boolean is warned of. */
export function decide(before: FeelValue, value: FeelValue, deciding: boolean, surroundings: Surroundings): FeelValue {
  if (value === deciding) return deciding
  if (before === null) return null
  if (typeof value === 'boolean') return value
  return value instanceof FeelError ? null : expected('boolean', value, surroundings)
}
