import { compareNumbers, isNumber } from './decimal.ts'
import { equalTemporals, isTemporal } from './temporal.ts'
import { FeelRange, type FeelValue, isList } from './value.ts'

/** Whether a list's item is this value: types that differ differ, and a context is the same as itself only. */
export function sameItem(a: FeelValue, b: FeelValue): boolean {
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0
  if (isTemporal(a)) return isTemporal(b) && a.constructor === b.constructor && equalTemporals(a, b)
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, at) => sameItem(item, b[at]!))
  if (a instanceof FeelRange) return b instanceof FeelRange && haveSameBounds(a, b)
  return a === b
}

function haveSameBounds(a: FeelRange, b: FeelRange): boolean {
  const areSame = (side: 'start' | 'end') =>
    a[side].isClosed === b[side].isClosed && sameItem(a[side].value, b[side].value)
  return areSame('start') && areSame('end')
}
