import * as decimal from './decimal.ts'
import { isNumber, toInt } from './decimal.ts'
import { compareTemporals, DaysTimeDuration, equalTemporals, isTemporal, YearsMonthsDuration } from './temporal.ts'
import { addDuration, between } from './temporalArithmetic.ts'
import { briefly } from './text.ts'
import {
  EvaluationFailed,
  entriesOf,
  FeelError,
  type FeelValue,
  isContext,
  isList,
  nothing,
  type Surroundings,
} from './value.ts'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**'

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** `a + b` and the like. Null, and a warning, for what cannot be computed. */
export function compute(
  operator: ArithmeticOperator,
  a: FeelValue,
  b: FeelValue,
  surroundings: Surroundings,
): FeelValue {
  if (a instanceof FeelError || b instanceof FeelError) return null
  if (isNumber(a) && isNumber(b)) {
    if (typeof a === 'object' || typeof b === 'object') surroundings.budget.spend(stepsOfDecimal)
    if (operator === '**') surroundings.budget.spend(Math.log2(Math.abs(decimal.toDouble(b)) + 2) * stepsOfSquare)
    if (operator !== '/' || decimal.signOf(b) !== 0) return computeNumbers(operator, a, b)
  } else if (operator !== '**') {
    if (isTemporal(b)) surroundings.budget.spend(stepsOfTemporal)
    const value = withOthers[operator](a, b, surroundings)
    if (value !== undefined) return value
  }
  return nothing(surroundings, 'INVALID_TYPE', refusals[operator](a, b))
}

const stepsOfSquare = 8
/** More than with numbers that a double holds. */
const stepsOfDecimal = 12
const stepsOfTemporal = 100
/** Of two dates, which comes first. */
const stepsOfOrder = 4
/** Of two texts so many are compared in a step. */
const lettersAtOnce = 64

const refusals: Record<ArithmeticOperator, (a: FeelValue, b: FeelValue) => string> = {
  '+': (a, b) => `Can't add '${briefly(b)}' to '${briefly(a)}'`,
  '-': (a, b) => `Can't subtract '${briefly(b)}' from '${briefly(a)}'`,
  '*': (a, b) => `Can't multiply '${briefly(a)}' by '${briefly(b)}'`,
  '/': (a, b) => `Can't divide '${briefly(a)}' by '${briefly(b)}'`,
  '**': (a, b) => `Expected number but found '${briefly(isNumber(a) ? b : a)}'`,
}

function computeNumbers(operator: ArithmeticOperator, a: decimal.FeelNumber, b: decimal.FeelNumber): FeelValue {
  switch (operator) {
    case '+':
      return decimal.add(a, b)
    case '-':
      return decimal.subtract(a, b)
    case '*':
      return decimal.multiply(a, b)
    case '/':
      return decimal.divide(a, b)
    case '**':
      if (decimal.isWhole(b)) return decimal.power(a, toInt(b))
      return doubleOf(decimal.toDouble(a) ** decimal.toDouble(b))
  }
}

/** What came of computing in binary. */
export function doubleOf(value: number): FeelValue {
  if (Number.isFinite(value)) return decimal.fromDouble(value)
  throw new EvaluationFailed(
    `java.lang.NumberFormatException: Character ${Number.isNaN(value) ? 'N' : 'I'} is neither a decimal digit number, decimal point, nor "e" notation exponential mark.`,
  )
}

type Operation = (a: FeelValue, b: FeelValue, surroundings: Surroundings) => FeelValue | undefined

/** Of others than numbers; undefined: not of these. */
const withOthers: Record<Exclude<ArithmeticOperator, '**'>, Operation> = {
  '+': (a, b, { budget }) => {
    if (typeof a === 'string' && typeof b === 'string') {
      budget.spendText(a.length + b.length)
      return a + b
    }
    return addDuration(a, b, 1) ?? (isDuration(a) ? addDuration(b, a, 1) : undefined)
  },
  '-': (a, b) => between(a, b) ?? addDuration(a, b, -1),
  '*': (a, b) => {
    if (isDuration(a) && isNumber(b)) return times(a, toInt(b))
    return isNumber(a) && isDuration(b) ? times(b, toInt(a)) : undefined
  },
  '/': (a, b) => {
    if (isDuration(a) && isNumber(b) && decimal.signOf(b) !== 0) return dividedBy(a, b)
    return isDuration(a) && isDuration(b) ? ratio(a, b) : undefined
  },
}

type Duration = YearsMonthsDuration | DaysTimeDuration

function isDuration(value: FeelValue): value is Duration {
  return value instanceof YearsMonthsDuration || value instanceof DaysTimeDuration
}

function times(duration: Duration, factor: number): Duration {
  return duration instanceof YearsMonthsDuration
    ? new YearsMonthsDuration(duration.months * factor + 0)
    : new DaysTimeDuration(duration.nanoseconds * BigInt(factor))
}

/** To the whole month, or millisecond. */
function dividedBy(duration: Duration, divisor: decimal.FeelNumber): Duration {
  if (duration instanceof YearsMonthsDuration)
    return new YearsMonthsDuration(toInt(decimal.divide(duration.months, divisor)) + 0)
  return new DaysTimeDuration(BigInt(toInt(decimal.divide(millisecondsOf(duration), divisor))) * 1_000_000n)
}

/** How often one goes into the other, whole. */
function ratio(a: Duration, b: Duration): FeelValue | undefined {
  if (a instanceof YearsMonthsDuration)
    return b instanceof YearsMonthsDuration && b.months !== 0 ? Math.trunc(a.months / b.months) + 0 : undefined
  if (!(b instanceof DaysTimeDuration) || b.nanoseconds === 0n) return undefined
  if (millisecondsOf(b) === 0) throw new decimal.ArithmeticFailure('/ by zero')
  return Math.trunc(millisecondsOf(a) / millisecondsOf(b)) + 0
}

function millisecondsOf({ nanoseconds }: DaysTimeDuration): number {
  const whole = nanoseconds / 1_000_000n
  return Number(nanoseconds < whole * 1_000_000n ? whole - 1n : whole)
}

/** `a < b` and the like. Null, and a warning, for what cannot be compared. */
export function compareBy(
  operator: ComparisonOperator,
  a: FeelValue,
  b: FeelValue,
  surroundings: Surroundings,
): FeelValue {
  if (operator === '=' || operator === '!=') {
    const isEqual = equal(a, b, surroundings)
    return operator === '=' ? isEqual : not(isEqual, surroundings)
  }
  if (a instanceof FeelError) return a
  if (b instanceof FeelError) return b
  for (const side of [a, b]) if (isList(side)) surroundings.budget.spend(side.length / 2)
  if (!isComparable(a) || !isComparable(b) || kindOf(a) !== kindOf(b)) return incomparable(a, b, surroundings)
  if (isTemporal(a)) surroundings.budget.spend(stepsOfOrder)
  else if (typeof a === 'object' || typeof b === 'object') surroundings.budget.spend(stepsOfDecimal / 2)
  else if (typeof a === 'string') surroundings.budget.spend(Math.min(a.length, (b as string).length) / lettersAtOnce)
  const order = compare(a, b)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** Null, and a warning, for what is not boolean. */
export function not(value: FeelValue, surroundings: Surroundings): FeelValue {
  if (typeof value === 'boolean') return !value
  if (value instanceof FeelError) return null
  return nothing(surroundings, 'INVALID_TYPE', `Expected boolean but found '${briefly(value)}'`)
}

function incomparable(a: FeelValue, b: FeelValue, surroundings: Surroundings): null {
  return nothing(surroundings, 'NOT_COMPARABLE', `Can't compare '${briefly(a)}' with '${briefly(b)}'`)
}

/** Of two comparable values of one kind. */
export function compare(a: FeelValue, b: FeelValue): number {
  if (isNumber(a) && isNumber(b)) return decimal.compareNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (isTemporal(a) && isTemporal(b) && a.constructor === b.constructor) return compareTemporals(a, b)
  throw new EvaluationFailed(`java.lang.IllegalArgumentException: ${briefly(a)} can not be compared to ${briefly(b)}`)
}

/** What has an order: also a list of what has one. */
export function isComparable(value: FeelValue): boolean {
  if (!isList(value)) return isNumber(value) || typeof value === 'string' || isTemporal(value)
  const [first] = value
  return first !== undefined && isComparable(first) && value.every((item) => kindOf(item) === kindOf(first))
}

/** What is the same of values that can be compared. */
export function kindOf(value: FeelValue): unknown {
  if (isNumber(value)) return 'number'
  if (value === null || typeof value !== 'object') return value === null ? null : typeof value
  return isContext(value) ? 'context' : value.constructor
}

/** Null, and a warning, for what is of different types; nothing but null is equal to null. */
export function equal(a: FeelValue, b: FeelValue, surroundings: Surroundings): FeelValue {
  if (a instanceof FeelError) return a
  if (b instanceof FeelError) return b
  return areEqual(a, b, surroundings) ?? incomparable(a, b, surroundings)
}

/** Undefined for what is of different types. */
function areEqual(a: FeelValue, b: FeelValue, surroundings: Surroundings): boolean | undefined {
  if (a === null || b === null) return a === b
  if (isNumber(a) && (typeof a === 'object' || typeof b === 'object')) surroundings.budget.spend(stepsOfDecimal / 2)
  if (isNumber(a)) return isNumber(b) ? decimal.compareNumbers(a, b) === 0 : undefined
  if (typeof a === 'string') surroundings.budget.spend(a.length / lettersAtOnce)
  if (typeof a !== 'object') return typeof a === typeof b ? a === b : undefined
  surroundings.budget.spend(1)
  if (isTemporal(a)) surroundings.budget.spend(stepsOfOrder)
  if (isTemporal(a)) return isTemporal(b) && a.constructor === b.constructor ? equalTemporals(a, b) : undefined
  if (isList(a)) {
    if (!isList(b)) return undefined
    surroundings.budget.spend(a.length)
    return a.length === b.length && a.every((item, index) => areEqual(item, b[index]!, surroundings) === true)
  }
  return isContext(a) && isContext(b) ? haveEqualEntries(a, b, surroundings) : undefined
}

function haveEqualEntries(a: FeelValue, b: FeelValue, surroundings: Surroundings): boolean {
  const [own, others] = [entriesOf(a as never), new Map(entriesOf(b as never))]
  surroundings.budget.spend(3 * own.length + 3 * others.size)
  return (
    own.length === others.size &&
    own.every(([key, value]) => others.has(key) && areEqual(value, others.get(key)!, surroundings) === true)
  )
}
