import type { Budget } from '../budget.ts'
import { compareNumbers, isNumber } from './decimal.ts'
import { equalTemporals, isTemporal } from './temporal.ts'
import { FeelRange, type FeelValue, isList } from './value.ts'

/** Whether a list's item is this value: types that differ differ, and a context is the same as itself only. */
export function sameItem(a: FeelValue, b: FeelValue, budget?: Budget): boolean {
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0
  if (isTemporal(a)) return isTemporal(b) && a.constructor === b.constructor && equalTemporals(a, b)
  if (isList(a)) return isList(b) && areSame(a, b, budget)
  if (a instanceof FeelRange) return b instanceof FeelRange && haveSameBounds(a, b, budget)
  return a === b
}

function areSame(a: readonly FeelValue[], b: readonly FeelValue[], budget?: Budget): boolean {
  budget?.spend(a.length / 4)
  return a.length === b.length && a.every((item, at) => sameItem(item, b[at]!, budget))
}

function haveSameBounds(a: FeelRange, b: FeelRange, budget?: Budget): boolean {
  const areSame = (side: 'start' | 'end') =>
    a[side].isClosed === b[side].isClosed && sameItem(a[side].value, b[side].value, budget)
  return areSame('start') && areSame('end')
}
