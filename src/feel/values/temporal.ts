import { Temporal } from 'temporal-polyfill'

/*
 * The seven temporal types of FEEL. `toString` writes a value as FEEL does (`P1D`, `2026-01-01T10:00:00@Europe/Paris`), `toJSON` as Zeebe
 * stores it, which is how Java prints it (`PT24H`, `2026-01-01T10:00+01:00[Europe/Paris]`).
 */

export class FeelDate {
  readonly date: Temporal.PlainDate

  constructor(date: Temporal.PlainDate) {
    this.date = date
  }

  toString(): string {
    return dateText(this.date)
  }

  toJSON(): string {
    return javaDate(this.date)
  }
}

export class FeelLocalTime {
  readonly time: Temporal.PlainTime

  constructor(time: Temporal.PlainTime) {
    this.time = time
  }

  toString(): string {
    return timeText(this.time)
  }

  toJSON(): string {
    return javaTime(this.time)
  }
}

/** A time with an offset from UTC, in seconds, and with a zone where it was given one. */
export class FeelTime {
  readonly time: Temporal.PlainTime
  readonly offset: number
  readonly zone: string | null

  constructor(time: Temporal.PlainTime, offset: number, zone: string | null = null) {
    this.time = time
    this.offset = offset
    this.zone = zone
  }

  /** Nanoseconds since midnight in UTC. */
  get instant(): bigint {
    return nanosecondsOfDay(this.time) - BigInt(this.offset) * second
  }

  toString(): string {
    return timeText(this.time) + (this.zone === null ? offsetText(this.offset) : `@${this.zone}`)
  }

  toJSON(): string {
    return this.toString()
  }
}

export class FeelLocalDateTime {
  readonly dateTime: Temporal.PlainDateTime

  constructor(dateTime: Temporal.PlainDateTime) {
    this.dateTime = dateTime
  }

  toString(): string {
    return `${dateText(this.dateTime.toPlainDate())}T${timeText(this.dateTime.toPlainTime())}`
  }

  toJSON(): string {
    return `${javaDate(this.dateTime.toPlainDate())}T${javaTime(this.dateTime.toPlainTime())}`
  }
}

export class FeelDateTime {
  readonly dateTime: Temporal.ZonedDateTime

  constructor(dateTime: Temporal.ZonedDateTime) {
    this.dateTime = dateTime
  }

  get offset(): number {
    return this.dateTime.offsetNanoseconds / 1e9
  }

  /** Null where it has but an offset. */
  get zone(): string | null {
    const { timeZoneId } = this.dateTime
    return /^[+-]/.test(timeZoneId) ? null : timeZoneId
  }

  get local(): FeelLocalDateTime {
    return new FeelLocalDateTime(this.dateTime.toPlainDateTime())
  }

  toString(): string {
    return this.local.toString() + (this.zone === null ? offsetText(this.offset) : `@${this.zone}`)
  }

  toJSON(): string {
    return this.local.toJSON() + offsetText(this.offset) + (this.zone === null ? '' : `[${this.zone}]`)
  }
}

export class YearsMonthsDuration {
  /** Of both: P1Y2M is 14. */
  readonly months: number

  constructor(months: number) {
    this.months = months
  }

  toString(): string {
    if (this.months === 0) return 'P0Y'
    const size = Math.abs(this.months)
    const [years, months] = [Math.trunc(size / 12), size % 12]
    return `${this.months < 0 ? '-' : ''}P${years ? `${years}Y` : ''}${months ? `${months}M` : ''}`
  }

  toJSON(): string {
    if (this.months === 0) return 'P0D'
    const [years, months] = [Math.trunc(this.months / 12), this.months % 12]
    return `P${years ? `${years}Y` : ''}${months ? `${months}M` : ''}`
  }
}

export class DaysTimeDuration {
  readonly nanoseconds: bigint

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds
  }

  /** Whole seconds, down. */
  get seconds(): number {
    const whole = this.nanoseconds / second
    return Number(this.nanoseconds < whole * second ? whole - 1n : whole)
  }

  toString(): string {
    const { days, hours, minutes, seconds } = partsOf(this)
    const parts = [days, hours, minutes, seconds]
    if (parts.every((part) => part === 0)) return 'P0D'
    const sign = parts.every((part) => part <= 0) ? -1 : 1
    const time = `${named(sign * hours, 'H')}${named(sign * minutes, 'M')}${named(sign * seconds, 'S')}`
    return `${sign < 0 ? '-' : ''}P${named(sign * days, 'D')}${time && `T${time}`}`
  }

  toJSON(): string {
    if (this.nanoseconds === 0n) return 'PT0S'
    const hours = this.nanoseconds / (3600n * second)
    const minutes = (this.nanoseconds / (60n * second)) % 60n
    const rest = this.nanoseconds % (60n * second)
    const fraction = String(rest < 0n ? -rest % second : rest % second)
      .padStart(9, '0')
      .replace(/0+$/, '')
    const seconds = `${rest < 0n ? '-' : ''}${rest < 0n ? -rest / second : rest / second}${fraction && `.${fraction}`}S`
    return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${rest ? seconds : ''}`
  }
}

export type Temporals =
  | FeelDate
  | FeelLocalTime
  | FeelTime
  | FeelLocalDateTime
  | FeelDateTime
  | YearsMonthsDuration
  | DaysTimeDuration

const temporals = [
  FeelDate,
  FeelLocalTime,
  FeelTime,
  FeelLocalDateTime,
  FeelDateTime,
  YearsMonthsDuration,
  DaysTimeDuration,
]

export function isTemporal(value: unknown): value is Temporals {
  return temporals.some((kind) => value instanceof kind)
}

/** Nanoseconds. */
export const second = 1_000_000_000n

/** Days, hours, minutes and seconds, each with the sign of the whole. */
export function partsOf(duration: DaysTimeDuration): { days: number; hours: number; minutes: number; seconds: number } {
  const seconds = duration.seconds
  return {
    days: Math.trunc(seconds / 86_400) + 0,
    hours: (Math.trunc(seconds / 3_600) % 24) + 0,
    minutes: (Math.trunc(seconds / 60) % 60) + 0,
    seconds: (seconds % 60) + 0,
  }
}

/** Of two temporal values of one class. Negative, 0 or positive. */
export function compareTemporals(a: Temporals, b: Temporals): number {
  if (a instanceof FeelDate) return Temporal.PlainDate.compare(a.date, (b as FeelDate).date)
  if (a instanceof FeelLocalTime) return Temporal.PlainTime.compare(a.time, (b as FeelLocalTime).time)
  if (a instanceof FeelTime) return order(a.instant, (b as FeelTime).instant)
  if (a instanceof FeelLocalDateTime)
    return Temporal.PlainDateTime.compare(a.dateTime, (b as FeelLocalDateTime).dateTime)
  if (a instanceof YearsMonthsDuration) return a.months - (b as YearsMonthsDuration).months
  if (a instanceof DaysTimeDuration) return order(a.nanoseconds, (b as DaysTimeDuration).nanoseconds)
  const other = b as FeelDateTime
  return (
    Temporal.ZonedDateTime.compare(a.dateTime, other.dateTime) ||
    compareTemporals(a.local, other.local) ||
    order(a.dateTime.timeZoneId, other.dateTime.timeZoneId)
  )
}

/** Of two temporal values of one class: times of different zones are not equal, though they are the same instant. */
export function equalTemporals(a: Temporals, b: Temporals): boolean {
  if (a instanceof FeelTime && b instanceof FeelTime)
    return Temporal.PlainTime.compare(a.time, b.time) === 0 && a.offset === b.offset && a.zone === b.zone
  return compareTemporals(a, b) === 0
}

function order<Value extends bigint | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function nanosecondsOfDay(time: Temporal.PlainTime): bigint {
  const { hour, minute, second: seconds, millisecond, microsecond, nanosecond } = time
  return (
    BigInt((hour * 60 + minute) * 60 + seconds) * second + BigInt(millisecond * 1e6 + microsecond * 1e3 + nanosecond)
  )
}

function named(value: number, unit: string): string {
  return value === 0 ? '' : `${value}${unit}`
}

function dateText({ year, month, day }: Temporal.PlainDate): string {
  const years = String(Math.abs(year)).padStart(4, '0')
  return `${year < 0 ? '-' : ''}${years}-${twoDigits(month)}-${twoDigits(day)}`
}

/** With a sign, where the year has more than four digits. */
function javaDate(date: Temporal.PlainDate): string {
  return `${date.year > 9_999 ? '+' : ''}${dateText(date)}`
}

function timeText(time: Temporal.PlainTime): string {
  const fraction = fractionOf(time).replace(/0+$/, '')
  return `${twoDigits(time.hour)}:${twoDigits(time.minute)}:${twoDigits(time.second)}${fraction && `.${fraction}`}`
}

/** No seconds where there are none, and their fraction in groups of three digits. */
function javaTime(time: Temporal.PlainTime): string {
  const fraction = fractionOf(time).replace(/(000)+$/, '')
  const seconds = time.second === 0 && fraction === '' ? '' : `:${twoDigits(time.second)}${fraction && `.${fraction}`}`
  return `${twoDigits(time.hour)}:${twoDigits(time.minute)}${seconds}`
}

function fractionOf({ millisecond, microsecond, nanosecond }: Temporal.PlainTime): string {
  return String(millisecond * 1e6 + microsecond * 1e3 + nanosecond).padStart(9, '0')
}

function offsetText(offset: number): string {
  if (offset === 0) return 'Z'
  const size = Math.abs(offset)
  const seconds = size % 60 === 0 ? '' : `:${twoDigits(size % 60)}`
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.trunc(size / 3_600))}:${twoDigits(Math.trunc(size / 60) % 60)}${seconds}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
