import { evaluate, FeelDuration } from 'feelin'
import { dialect } from './expression.ts'

/** Null, and told why, for what cannot be multiplied or divided. */
type Refuse = (reason: string) => null

/** `a * b` of numbers, and of a duration and a number (its whole part, as Camunda's FEEL takes it). */
export function multiply(a: unknown, b: unknown, refuse: Refuse): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  if (a instanceof FeelDuration && typeof b === 'number') return fromUnits(a, unitsOf(a) * Math.trunc(b))
  if (typeof a === 'number' && b instanceof FeelDuration) return multiply(b, a, refuse)
  return refuse("Can't multiply")
}

/** `a / b` of numbers, of a duration and a number, and of two durations of one kind: how often one goes into the other. */
export function divide(a: unknown, b: unknown, refuse: Refuse): unknown {
  if (b === 0) return refuse("Can't divide")
  if (typeof a === 'number' && typeof b === 'number') return a / b
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
