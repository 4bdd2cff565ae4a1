import { FeelDate, FeelDateTime, FeelDuration, FeelTime, isFunction, isRange } from 'feelin'

/**
 * A FEEL value as the JSON that Zeebe stores: dates, times and durations as Java prints them (`2026-01-01T10:00Z`,
 * `PT36H`; seen on Zeebe 8.6.0), what JSON has no form for as null.
 */
export function toJson(value: unknown, room: Room = newRoom()): unknown {
  take(room, typeof value === 'string' ? value.length + 1 : 1)
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((item) => toJson(item, room))
  if (value instanceof FeelDate) return value.toString()
  if (value instanceof FeelDateTime) return dateAndTime(value)
  if (value instanceof FeelTime) return value.zone === null ? shortTime(value.toString()) : value.toString()
  if (value instanceof FeelDuration) return value.yearsMonths ? yearsAndMonths(value) : daysAndTime(value)
  if (typeof value !== 'object' || isRange(value) || isFunction(value)) return null
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      take(room, key.length)
      return [key, toJson(entry, room)]
    }),
  )
}

/** What a result may still have: the same list put into itself twenty times is a million values. */
interface Room {
  left: number
}

/** Characters and values. An engine takes 4 MB. */
const mostCharacters = 4 << 20

function newRoom(): Room {
  return { left: mostCharacters }
}

function take(room: Room, size: number): void {
  room.left -= size
  if (room.left < 0) throw tooLarge()
}

/** What an expression makes on its way is bounded like its result. Throws. */
export function checkLength(characters: number): void {
  if (characters > mostCharacters) throw tooLarge()
}

function tooLarge(): Error {
  return new Error(`it became larger than ${mostCharacters} characters`)
}

/**
 * FEEL computes in decimals, JavaScript in binary: 0.1 + 0.2 is 0.3 there. What fifteen digits say much shorter was
 * meant so; what they do not, such as a third, is left alone.
 */
export function asDecimals(value: unknown): unknown {
  if (typeof value === 'number') return asDecimal(value)
  if (Array.isArray(value)) return value.map(asDecimals)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asDecimals(entry)]))
}

/** What `string()` makes of a value: `{k:"v", n:[1, 2]}`. */
export function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : nestedText(value, newRoom())
}

function nestedText(value: unknown, room: Room): string {
  take(room, typeof value === 'string' ? value.length + 1 : 1)
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return String(asDecimal(value))
  if (Array.isArray(value)) return `[${value.map((item) => nestedText(item, room)).join(', ')}]`
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return String(value)
  const entries = Object.entries(value).map(([key, entry]) => `${key}:${nestedText(entry, room)}`)
  return `{${entries.join(', ')}}`
}

/** One number of them. */
export function asDecimal(value: number): number {
  const rounded = Number(value.toPrecision(15))
  return String(rounded).length + 2 < String(value).length ? rounded : value
}

/** Java's ZonedDateTime and LocalDateTime: a zone that has a name follows its offset in brackets. */
function dateAndTime(value: FeelDateTime): string {
  const text = shortTime(value.toString())
  const zone = /@(.+)$/.exec(text)?.[1]
  return zone === undefined ? text : text.replace(/@.+$/, `${value.unwrap().toZonedDateTime(zone).offset}[${zone}]`)
}

/** No seconds where there are none, and their fraction in groups of three digits. */
function shortTime(text: string): string {
  return text
    .replace(/(\.\d+)/, (fraction) => fraction.padEnd(1 + Math.ceil((fraction.length - 1) / 3) * 3, '0'))
    .replace(/(^|T)(\d\d:\d\d):00(?![.\d])/, '$1$2')
}

/** Java's Period: each part has its sign. */
function yearsAndMonths(duration: FeelDuration): string {
  const text = duration.toString()
  return text.startsWith('-') ? text.slice(1).replace(/\d+/g, '-$&') : text
}

/** Java's Duration: hours, minutes and seconds, each with its sign. */
function daysAndTime(duration: FeelDuration): string {
  const total = duration.unwrap().total('seconds')
  const hours = Math.trunc(total / 3600)
  const minutes = Math.trunc((total % 3600) / 60)
  const seconds = Number((total % 60).toFixed(9))
  const parts = [hours && `${hours}H`, minutes && `${minutes}M`, seconds && `${seconds}S`].filter(Boolean)
  return parts.length === 0 ? 'PT0S' : `PT${parts.join('')}`
}
