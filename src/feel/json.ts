import { FeelDate, FeelDateTime, FeelDuration, FeelTime, isFunction, isRange } from 'feelin'

/**
 * A FEEL value as the JSON that Zeebe would store: dates, times and durations as strings (a duration of days is
 * counted on in hours, `PT24H` reads `P1D`), what JSON has no form for as null.
 */
export function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toJson)
  if (isTemporal(value)) return value.toString()
  if (typeof value !== 'object' || isRange(value) || isFunction(value)) return null
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]))
}

function isTemporal(value: unknown): value is FeelDate | FeelDateTime | FeelTime | FeelDuration {
  return (
    value instanceof FeelDate ||
    value instanceof FeelDateTime ||
    value instanceof FeelTime ||
    value instanceof FeelDuration
  )
}

/** FEEL computes in decimals, JavaScript in binary: 0.1 + 0.2 is 0.3 there. Fifteen digits are what both agree on. */
export function asDecimals(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(15))
  if (Array.isArray(value)) return value.map(asDecimals)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asDecimals(entry)]))
}
