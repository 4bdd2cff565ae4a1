import { Temporal } from 'temporal-polyfill'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelLocalDateTime,
  FeelLocalTime,
  FeelTime,
  second,
  type Temporals,
  YearsMonthsDuration,
} from './temporal.ts'

/*
 * What FEEL's `date("…")`, `time("…")`, `date and time("…")`, `duration("…")` and `@"…"` read. Undefined for what they do not: the caller
 * says whether that is null or a failed function. `now`: a time in a zone has the zone's standard offset of that year.
 */

const datePattern = /^(-?(?:[1-9]\d{0,4})?\d{4})-([01]\d)-([0-3]\d)$/
const dateTimePattern = /^(-?(?:[1-9]\d{0,4})?\d{4}-[01]\d-[0-3]\d)T([0-2]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d{1,9})?)(.*)$/s
const timePattern = /^T?(\d\d):(\d\d)(?::(\d\d))?(?:\.(\d{0,9}))?$/
/** The end of a day, which a time alone may be. */
const midnight = /^(T?)24:00(?=(:00)?(\.0*)?$)/

const offsetTimePattern = /^(T?\d\d:\d\d:\d\d(?:\.\d{1,9})?)([+-]\d\d:\d\d|Z|@.*)$/s

export function parseDate(text: string): FeelDate | undefined {
  const date = plainDate(text)
  return date && new FeelDate(date)
}

export function parseTime(text: string, now: number): FeelTime | FeelLocalTime | undefined {
  const [all, local, where] = offsetTimePattern.exec(text) ?? []
  const time = plainTime((all === undefined ? text : local!).replace(midnight, '$100:00'))
  if (time === undefined) return undefined
  if (all === undefined) return new FeelLocalTime(time)
  if (!where!.startsWith('@')) {
    const offset = offsetOf(where!)
    return offset === undefined ? undefined : new FeelTime(time, offset)
  }
  const zone = zoneNamed(where!.slice(1))
  return zone === undefined ? undefined : new FeelTime(time, standardOffset(zone, now), zone)
}

/** A date alone is its midnight. */
export function parseDateTime(text: string): FeelDateTime | FeelLocalDateTime | undefined {
  const date = plainDate(text)
  if (date !== undefined) return new FeelLocalDateTime(date.toPlainDateTime())
  const [all, day, clock, where] = dateTimePattern.exec(text) ?? []
  if (all === undefined) return undefined
  const [on, at] = [plainDate(day!), plainTime(clock!)]
  if (on === undefined || at === undefined) return undefined
  const local = on.toPlainDateTime(at)
  if (where === '') return new FeelLocalDateTime(local)
  const zone = where!.startsWith('@') ? zoneNamed(where!.slice(1)) : offsetZone(where!)
  return zone === undefined ? undefined : atZone(local, zone)
}

export function parseDuration(text: string): YearsMonthsDuration | DaysTimeDuration | undefined {
  return text === text.toUpperCase() && !text.includes('+') ? parseDurationLiteral(text) : undefined
}

/** What is written out in an expression may have small letters and plus signs. */
export function parseDurationLiteral(text: string): YearsMonthsDuration | DaysTimeDuration | undefined {
  return parseYearsMonths(text) ?? parseDaysTime(text)
}

/** `@"…"`: whatever it is. */
export function parseTemporal(text: string, now: number): Temporals | undefined {
  return parseDate(text) ?? parseDateTime(text) ?? parseDuration(text) ?? parseTime(text, now)
}

export function atZone(local: Temporal.PlainDateTime, zone: string): FeelDateTime | undefined {
  try {
    return new FeelDateTime(local.toZonedDateTime(zone))
  } catch {
    return undefined
  }
}

/** `Z`, `+02:00`, or a name of the time-zone database, as Temporal has it; undefined for what is no zone. */
export function zoneOf(text: string): string | undefined {
  return /^(Z|[+-])/.test(text) ? offsetZone(text) : zoneNamed(text)
}

function plainDate(text: string): Temporal.PlainDate | undefined {
  const [all, year, month, day] = datePattern.exec(text) ?? []
  return all === undefined ? undefined : dateOf(Number(year), Number(month), Number(day))
}

export function dateOf(year: number, month: number, day: number): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' })
  } catch {
    return undefined
  }
}

function plainTime(text: string): Temporal.PlainTime | undefined {
  const [all, hour, minute, seconds = '0', fraction = ''] = timePattern.exec(text) ?? []
  if (all === undefined) return undefined
  return timeOf(Number(hour), Number(minute), Number(seconds), Number(fraction.padEnd(9, '0')))
}

export function timeOf(hour: number, minute: number, seconds: number, nanoseconds = 0): Temporal.PlainTime | undefined {
  const millisecond = Math.trunc(nanoseconds / 1e6)
  const microsecond = Math.trunc(nanoseconds / 1e3) % 1_000
  try {
    return Temporal.PlainTime.from(
      { hour, minute, second: seconds, millisecond, microsecond, nanosecond: nanoseconds % 1_000 },
      { overflow: 'reject' },
    )
  } catch {
    return undefined
  }
}

function offsetOf(text: string): number | undefined {
  if (text === 'Z') return 0
  const [hours, minutes] = text.slice(1).split(':').map(Number) as [number, number]
  if (hours * 60 + minutes > 18 * 60 || minutes > 59) return undefined
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60
}

function offsetZone(text: string): string | undefined {
  if (!/^(Z|[+-]\d\d:\d\d)$/.test(text) || offsetOf(text) === undefined) return undefined
  return text === 'Z' ? '+00:00' : text
}

function zoneNamed(name: string): string | undefined {
  if (name === 'Z') return offsetZone(name)
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return timeZoneId === name ? name : undefined
  } catch {
    return undefined
  }
}

/** Without the summer's hour. */
function standardOffset(zone: string, now: number): number {
  const { year } = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC')
  const offsets = [1, 4, 7, 10].map(
    (month) => new Temporal.PlainDate(year, month, 1).toZonedDateTime(zone).offsetNanoseconds,
  )
  return Math.min(...offsets) / 1e9
}

function parseYearsMonths(text: string): YearsMonthsDuration | undefined {
  const [all, sign, years, months] = /^(-?)P(?:(-?\d+)Y)?(?:(-?\d+)M)?$/.exec(text) ?? []
  if (all === undefined || (years === undefined && months === undefined)) return undefined
  const total = (sign === '-' ? -1 : 1) * (Number(years ?? 0) * 12 + Number(months ?? 0))
  return Math.abs(total) >= 2 ** 31 ? undefined : new YearsMonthsDuration(total + 0)
}

function parseDaysTime(text: string): DaysTimeDuration | undefined {
  const pattern = /^([-+]?)P(?:([-+]?\d+)D)?(T)?(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?)(\d+)(?:[.,](\d{0,9}))?S)?$/i
  const [all, sign, days, time, hours, minutes, minus, seconds, fraction = ''] = pattern.exec(text) ?? []
  const clock = hours ?? minutes ?? seconds
  if (all === undefined || (time !== undefined) !== (clock !== undefined) || (days ?? clock) === undefined)
    return undefined
  if (all.length > longestDuration) return undefined
  const size = BigInt(seconds ?? 0) * second + BigInt(fraction.padEnd(9, '0'))
  const whole = ((BigInt(days ?? 0) * 24n + BigInt(hours ?? 0)) * 60n + BigInt(minutes ?? 0)) * 60n * second
  const total = whole + (minus === '-' ? -size : size)
  return new DaysTimeDuration(sign === '-' ? -total : total)
}

const longestDuration = 60
