import { Temporal } from 'temporal-polyfill'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelLocalDateTime,
  FeelLocalTime,
  FeelTime,
  second,
  YearsMonthsDuration,
} from './temporal.ts'
import { EvaluationFailed, type FeelValue } from './value.ts'

/** A point in time, or a duration, and a duration before or after it. Undefined: not of these. */
export function addDuration(value: FeelValue, duration: FeelValue, sign: 1 | -1): FeelValue | undefined {
  try {
    if (duration instanceof YearsMonthsDuration) return addMonths(value, sign * duration.months)
    if (duration instanceof DaysTimeDuration) return addTime(value, BigInt(sign) * duration.nanoseconds)
    return undefined
  } catch (error) {
    if (error instanceof RangeError) throw new EvaluationFailed(`it is out of the calendar's range`, { cause: error })
    throw error
  }
}

function addMonths(value: FeelValue, months: number): FeelValue | undefined {
  if (value instanceof FeelDate) return new FeelDate(value.date.add({ months }))
  if (value instanceof FeelLocalDateTime) return new FeelLocalDateTime(value.dateTime.add({ months }))
  if (value instanceof FeelDateTime) return new FeelDateTime(value.dateTime.add({ months }))
  return value instanceof YearsMonthsDuration ? new YearsMonthsDuration(value.months + months) : undefined
}

/** A day is 24 hours; a date drops what is left of one. */
function addTime(value: FeelValue, nanoseconds: bigint): FeelValue | undefined {
  if (value instanceof DaysTimeDuration) return new DaysTimeDuration(value.nanoseconds + nanoseconds)
  const amount = exactly(nanoseconds)
  if (value instanceof FeelDate) return new FeelDate(value.date.toPlainDateTime().add(amount).toPlainDate())
  if (value instanceof FeelLocalTime) return new FeelLocalTime(value.time.add(amount))
  if (value instanceof FeelTime) return new FeelTime(value.time.add(amount), value.offset, value.zone)
  if (value instanceof FeelLocalDateTime) return new FeelLocalDateTime(value.dateTime.add(amount))
  return value instanceof FeelDateTime ? new FeelDateTime(value.dateTime.add(amount)) : undefined
}

/** From `b` to `a`, of one kind. Undefined: not of these. */
export function between(a: FeelValue, b: FeelValue): FeelValue | undefined {
  if (a instanceof FeelDate && b instanceof FeelDate) return apart(a.date.toPlainDateTime(), b.date.toPlainDateTime())
  if (a instanceof FeelLocalDateTime && b instanceof FeelLocalDateTime) return apart(a.dateTime, b.dateTime)
  if (a instanceof FeelDateTime && b instanceof FeelDateTime)
    return new DaysTimeDuration(a.dateTime.epochNanoseconds - b.dateTime.epochNanoseconds)
  if (a instanceof FeelLocalTime && b instanceof FeelLocalTime)
    return apart(
      new Temporal.PlainDate(1970, 1, 1).toPlainDateTime(a.time),
      new Temporal.PlainDate(1970, 1, 1).toPlainDateTime(b.time),
    )
  if (!(a instanceof FeelTime && b instanceof FeelTime)) return undefined
  const size = a.instant - b.instant
  return new DaysTimeDuration(size < 0n ? -size : size)
}

/** Whole months, without the days that are left over. */
export function monthsBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): YearsMonthsDuration {
  const months = (to.year - from.year) * 12 + to.month - from.month
  const days = to.day - from.day
  if (months > 0 && days < 0) return new YearsMonthsDuration(months - 1)
  return new YearsMonthsDuration(months < 0 && days > 0 ? months + 1 : months)
}

function apart(a: Temporal.PlainDateTime, b: Temporal.PlainDateTime): DaysTimeDuration {
  return new DaysTimeDuration(a.toZonedDateTime('UTC').epochNanoseconds - b.toZonedDateTime('UTC').epochNanoseconds)
}

/** Not days: in a zone, some have 23 hours. */
function exactly(nanoseconds: bigint): Temporal.Duration {
  return Temporal.Duration.from({
    seconds: Number(nanoseconds / second),
    nanoseconds: Number(nanoseconds % second),
  })
}
