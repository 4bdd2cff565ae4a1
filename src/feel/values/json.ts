import { Room } from '../budget.ts'
import { Decimal, toDouble } from './decimal.ts'
import { isTemporal } from './temporal.ts'
import { entriesOf, type FeelContext, type FeelValue, isContext } from './value.ts'

/** A FEEL value as the JSON that Zeebe stores; what JSON has no form for is null. Throws OverBudget. */
export function toJson(value: unknown, room: Room = new Room(), depth = 0): unknown {
  room.take(typeof value === 'string' ? value.length + 1 : 1, depth)
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? null
  if (typeof value === 'string') return wellFormed(value)
  if (typeof value === 'number' || value instanceof Decimal) return finite(toDouble(value))
  if (Array.isArray(value)) return value.map((item) => toJson(item, room, depth + 1))
  if (isTemporal(value)) return value.toJSON()
  if (!isContext(value as FeelValue)) return null
  return Object.fromEntries(
    entriesOf(value as FeelContext).map(([key, entry]) => {
      room.take(key.length, depth)
      return [key, toJson(entry, room, depth + 1)]
    }),
  )
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** Half of a character becomes a question mark, as Java writes it in UTF-8. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?')
}
