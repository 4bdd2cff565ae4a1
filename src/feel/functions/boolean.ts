import { FeelError, type FeelValue } from '../values/value.ts'
import { any, type Builtins, define, text } from './define.ts'

export const booleanFunctions: Builtins = {
  not: [define(['negand'], [any], (negand) => (typeof negand === 'boolean' ? !negand : null))],
  'is defined': [define(['value'], [any], (value) => value !== null)],
  'get or else': [
    define(['value', 'default'], [any, any], (value: FeelValue, otherwise: FeelValue) => value ?? otherwise),
  ],
  assert: [
    define(['value', 'condition'], [any, any], (value, condition) =>
      condition === true ? value : new FeelError('The condition is not fulfilled'),
    ),
    define(['value', 'condition', 'cause'], [any, any, any], (value, condition, cause) => {
      if (condition === true) return value
      return text(cause) ? new FeelError(cause) : undefined
    }),
  ],
}
