import type { Budget } from '../budget.ts'
import { Decimal, isNumber, toDecimal } from './decimal.ts'
import { FeelTime, isTemporal } from './temporal.ts'
import { entriesOf, type FeelValue, isContext, isList } from './value.ts'

/** What is the same for values that are equal, and for no others. */
export function identityOf(value: FeelValue, budget: Budget): unknown {
  budget.spend(stepsOfIdentity)
  if (typeof value === 'boolean' || value === null || typeof value === 'number') return value
  if (typeof value === 'string') return `"${value}`
  if (isNumber(value)) return numberIdentity(value)
  if (isTemporal(value)) return `${value.constructor.name} ${value instanceof FeelTime ? value : value.toJSON()}`
  if (isList(value)) return `[${value.map((item) => nestedIdentity(item, budget)).join(',')}]`
  if (!isContext(value)) return value
  const entries = entriesOf(value).map(([key, entry]) => `${JSON.stringify(key)}:${nestedIdentity(entry, budget)}`)
  return `{${entries.sort().join(',')}}`
}

function nestedIdentity(value: FeelValue, budget: Budget): string {
  if (typeof value === 'string') budget.spendText(value.length)
  const identity = identityOf(value, budget)
  return typeof identity === 'object' && identity !== null ? unequal() : JSON.stringify(identity)
}

/** 1.50 and 1.5 are one number. */
function numberIdentity(value: Decimal): unknown {
  let { digits, scale } = toDecimal(value)
  while (digits % 10n === 0n && digits !== 0n) [digits, scale] = [digits / 10n, scale - 1]
  if (digits === 0n) return 0
  const number = Number(new Decimal(digits, scale).toString())
  return scale <= 0 && Number.isSafeInteger(number) ? number : `${digits}E${-scale}`
}

let unlike = 0

/** A range or a function is equal to none. */
function unequal(): string {
  return `#${unlike++}`
}

const stepsOfIdentity = 4
