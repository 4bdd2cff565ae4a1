import { evaluate, FeelDuration } from 'feelin'
import { dialect } from './expression.ts'
import { asDecimal, checkLength } from './json.ts'

/** Null, and told why, for what cannot be multiplied or divided. */
type Refuse = (reason: string) => null

/** `a + b` and `a - b`: of numbers, and of strings and points in time as feelin does it. */
export function addOrSubtract(operator: '+' | '-', a: unknown, b: unknown, warn: (warning: string) => void): unknown {
  if (typeof a === 'number' && typeof b === 'number') return asDecimal(operator === '+' ? a + b : a - b)
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') {
    checkLength(a.length + b.length)
    return a + b
  }
  const { value, warnings } = evaluate(`a ${operator} b`, { a, b }, dialect)
  for (const { type, message } of warnings) warn(`[${type}] ${message}`)
  return value
}

/** Which of the two neighbours a number that lies between them is rounded to; `size` is without its sign. */
const roundings = {
  'round up': (size: number) => Math.ceil(size),
  'round down': (size: number) => Math.floor(size),
  'round half up': (size: number) => Math.floor(size + 0.5),
  'round half down': (size: number) => Math.ceil(size - 0.5),
  decimal: (size: number) => (size % 1 === 0.5 ? 2 * Math.round(size / 2) : Math.round(size)),
}

export type Rounding = keyof typeof roundings

/** To so many places after the decimal point, of the number as it is written: 1.255 is a half, though no double is. */
export function round(how: Rounding, value: unknown, scale: unknown): number | null {
  if (typeof value !== 'number' || typeof scale !== 'number') return null
  const places = Math.trunc(scale)
  const size = Math.abs(asDecimal(value))
  return Math.sign(value) * shifted(roundings[how](shifted(size, places)), -places)
}

/** `value` times ten to the power of `places`, by its digits. */
function shifted(value: number, places: number): number {
  const [digits, exponent = '0'] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

/** `a * b` of numbers, and of a duration and a number (its whole part, as Camunda's FEEL takes it). */
export function multiply(a: unknown, b: unknown, refuse: Refuse): unknown {
  if (typeof a === 'number' && typeof b === 'number') return asDecimal(a * b)
  if (a instanceof FeelDuration && typeof b === 'number') return fromUnits(a, unitsOf(a) * Math.trunc(b))
  if (typeof a === 'number' && b instanceof FeelDuration) return multiply(b, a, refuse)
  return refuse("Can't multiply")
}

/** `a / b` of numbers, of a duration and a number, and of two durations of one kind: how often one goes into the other. */
export function divide(a: unknown, b: unknown, refuse: Refuse): unknown {
  if (b === 0) return refuse("Can't divide")
  if (typeof a === 'number' && typeof b === 'number') return asDecimal(a / b)
  if (a instanceof FeelDuration && typeof b === 'number') return fromUnits(a, Math.trunc(unitsOf(a) / b))
  const alike = a instanceof FeelDuration && b instanceof FeelDuration && a.yearsMonths === b.yearsMonths
  if (!alike || unitsOf(b) === 0) return refuse("Can't divide")
  return Math.trunc(unitsOf(a) / unitsOf(b))
}

/** Months, or milliseconds. */
function unitsOf(duration: FeelDuration): number {
  const value = duration.unwrap()
  return duration.yearsMonths ? value.years * 12 + value.months : value.total('milliseconds')
}

function fromUnits(kind: FeelDuration, units: number): unknown {
  const size = Math.abs(units)
  const text = kind.yearsMonths
    ? `P${Math.trunc(size / 12)}Y${size % 12}M`
    : `PT${Math.trunc(size / 1000)}.${String(Math.trunc(size % 1000)).padStart(3, '0')}S`
  return evaluate('duration(text)', { text: units < 0 ? `-${text}` : text }, dialect).value
}
