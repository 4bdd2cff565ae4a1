import {
  ArithmeticFailure,
  absolute,
  add,
  compareNumbers,
  type FeelNumber,
  isNumber,
  type Rounding,
  remainder,
  signOf,
  toDouble,
  toInt,
  withScale,
} from '../values/decimal.ts'
import { doubleOf } from '../values/operators.ts'
import { DaysTimeDuration, YearsMonthsDuration } from '../values/temporal.ts'
import { FeelError, type FeelFunction, type FeelValue } from '../values/value.ts'
import { any, type Builtins, define, number, text } from './define.ts'

export const numericFunctions: Builtins = {
  decimal: [
    rounding('HALF_EVEN'),
    define(['n', 'scale', 'mode'], [number, number, text], (value, scale, mode) => {
      const how = roundings.find((name) => name === mode.toUpperCase())
      if (how === 'UNNECESSARY') return unrounded(value, scale)
      if (how !== undefined) return round(value, scale, how)
      return new FeelError(`Illegal argument '${mode}' for rounding mode. Must be one of: ${roundings.join(', ')}`)
    }),
  ],
  floor: [whole('FLOOR'), rounding('FLOOR', 'scala')],
  ceiling: [whole('CEILING'), rounding('CEILING')],
  'round up': [rounding('UP')],
  'round down': [rounding('DOWN')],
  'round half up': [rounding('HALF_UP')],
  'round half down': [rounding('HALF_DOWN', 'scala')],
  abs: [define(['number'], [any], magnitude), define(['n'], [any], magnitude)],
  modulo: [
    define(['dividend', 'divisor'], [number, number], (dividend, divisor) => {
      if (signOf(divisor) === 0) throw new ArithmeticFailure('Division by zero')
      return remainder(add(remainder(dividend, divisor), divisor), divisor)
    }),
  ],
  sqrt: [define(['number'], [number], (value) => (signOf(value) < 0 ? null : doubleOf(Math.sqrt(toDouble(value)))))],
  log: [define(['number'], [number], (value) => doubleOf(Math.log(toDouble(value))))],
  exp: [define(['number'], [number], (value) => doubleOf(Math.exp(toDouble(value))))],
  odd: [define(['number'], [number], (value) => compareNumbers(remainder(absolute(value), 2), 1) === 0)],
  even: [define(['number'], [number], (value) => compareNumbers(remainder(value, 2), 0) === 0)],
  'random number': [
    define([], [], ({ unique }) => (unique ? doubleOf(Number.parseInt(unique().slice(0, 12), 16) / 2 ** 48) : null)),
  ],
}

const roundings = ['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'] as const

function unrounded(value: FeelNumber, scale: FeelNumber): FeelValue {
  const rounded = withScale(value, toInt(scale), 'DOWN')
  if (compareNumbers(rounded, value) === 0) return rounded
  return new FeelError(`Failed to apply rounding mode 'UNNECESSARY': Rounding necessary`)
}

function whole(how: Rounding): FeelFunction {
  return define(['n'], [number], (value) => round(value, 0, how))
}

function rounding(how: Rounding, scale = 'scale'): FeelFunction {
  return define(['n', scale], [number, number], (value, places) => round(value, places, how))
}

function round(value: FeelNumber, scale: FeelNumber, how: Rounding): FeelValue {
  return withScale(value, toInt(scale), how)
}

function magnitude(value: FeelValue): FeelValue | undefined {
  if (isNumber(value)) return absolute(value)
  if (value instanceof YearsMonthsDuration) return new YearsMonthsDuration(Math.abs(value.months))
  if (!(value instanceof DaysTimeDuration)) return undefined
  return value.nanoseconds < 0n ? new DaysTimeDuration(-value.nanoseconds) : value
}
