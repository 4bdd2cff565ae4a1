import { Temporal } from 'temporal-polyfill'
import { type FeelNumber, multiply, parseDecimal, remainder, toInt } from '../values/decimal.ts'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelLocalDateTime,
  FeelLocalTime,
  FeelTime,
  isTemporal,
} from '../values/temporal.ts'
import { monthsBetween } from '../values/temporalArithmetic.ts'
import {
  atZone,
  dateOf,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  timeOf,
  zoneOf,
} from '../values/temporalText.ts'
import { textOf } from '../values/text.ts'
import { EvaluationFailed, FeelError, type FeelValue, type Surroundings } from '../values/value.ts'
import { any, type Builtins, define, number, text } from './define.ts'

export const conversionFunctions: Builtins = {
  date: [
    define(['from'], [any], toDate),
    define(['year', 'month', 'day'], [number, number, number], (year, month, day) => {
      const date = dateOf(toInt(year), toInt(month), toInt(day))
      return date ? new FeelDate(date) : new FeelError(`Failed to parse date from: ${named({ year, month, day })}`)
    }),
  ],
  time: [
    define(['from'], [any], toTime),
    define(['hour', 'minute', 'second'], [number, number, number], localTime),
    define(['hour', 'minute', 'second', 'offset'], [number, number, number, any], zonedTime),
  ],
  'date and time': [
    define(
      ['from'],
      [text],
      (from) => parseDateTime(from) ?? new FeelError(`Failed to parse ${dateTimeKind(from)} from '${from}'`),
    ),
    define(['date', 'time'], [any, any], combined),
  ],
  duration: [
    define(
      ['from'],
      [text],
      (from) => parseDuration(from) ?? new FeelError(`Failed to parse ${durationKind(from)} from '${from}'`),
    ),
  ],
  'years and months duration': [
    define(['from', 'to'], [any, any], (from, to) => {
      const [start, end] = [dayOf(from), dayOf(to)]
      return start && end ? monthsBetween(start, end) : undefined
    }),
  ],
  number: [
    define(['from'], [text], (from) => readNumber(from)),
    define(['from', 'grouping separator'], [text, text], (from, grouping) =>
      isGrouping(grouping)
        ? readNumber(from.replaceAll(grouping, ''))
        : new FeelError(`illegal argument for grouping. Must be one of ' ', ',' or '.'`),
    ),
    define(['from', 'grouping separator', 'decimal separator'], [text, any, any], separatedNumber),
  ],
  string: [define(['from'], [any], stringOf)],
}

function toDate(from: FeelValue): FeelValue | undefined {
  if (text(from)) return parseDate(from) ?? new FeelError(`Failed to parse date from '${from}'`)
  const day = dayOf(from)
  return day && new FeelDate(day)
}

function dayOf(value: FeelValue): Temporal.PlainDate | undefined {
  if (value instanceof FeelDate) return value.date
  return value instanceof FeelDateTime || value instanceof FeelLocalDateTime ? value.dateTime.toPlainDate() : undefined
}

function toTime(from: FeelValue, { now }: Surroundings): FeelValue | undefined {
  if (text(from)) return parseTime(from, now) ?? new FeelError(`Failed to parse local-time from '${from}'`)
  if (from instanceof FeelLocalDateTime) return new FeelLocalTime(from.dateTime.toPlainTime())
  if (from instanceof FeelDateTime) return new FeelTime(from.dateTime.toPlainTime(), from.offset, from.zone)
  return from instanceof FeelDate ? new FeelTime(new Temporal.PlainTime(), 0) : undefined
}

function localTime(hour: FeelNumber, minute: FeelNumber, second: FeelNumber): FeelValue {
  const time = timeOf(toInt(hour), toInt(minute), toInt(second), nanosecondsOf(second))
  return time
    ? new FeelLocalTime(time)
    : new FeelError(`Failed to parse local-time from: ${named({ hour, minute, second })}`)
}

function zonedTime(hour: FeelNumber, minute: FeelNumber, second: FeelNumber, offset: FeelValue): FeelValue | undefined {
  if (offset === null) return localTime(toInt(hour), toInt(minute), toInt(second))
  if (!(offset instanceof DaysTimeDuration)) return undefined
  const time = timeOf(toInt(hour), toInt(minute), toInt(second), nanosecondsOf(second))
  if (time !== undefined && Math.abs(offset.seconds) <= 18 * 3_600) return new FeelTime(time, offset.seconds)
  return new FeelError(`Failed to parse time from: ${named({ hour, minute, second })}, offset=${offset.toJSON()}`)
}

function nanosecondsOf(second: FeelNumber): number {
  return toInt(multiply(remainder(second, 1), 1_000_000_000))
}

/** A date and a time; or a date and time at a zone. */
function combined(date: FeelValue, time: FeelValue): FeelValue | undefined {
  const day = dayOf(date)
  if (day !== undefined && time instanceof FeelLocalTime) return new FeelLocalDateTime(day.toPlainDateTime(time.time))
  if (day !== undefined && time instanceof FeelTime)
    return atZone(
      day.toPlainDateTime(time.time),
      time.zone ??
        new FeelTime(time.time, time.offset)
          .toString()
          .replace(/^[\d:.]*/, '')
          .replace(/^Z$/, '+00:00'),
    )
  if (!text(time) || date instanceof FeelDate || day === undefined) return undefined
  const zone = zoneOf(time)
  if (zone === undefined) throw new EvaluationFailed(`java.time.zone.ZoneRulesException: Unknown time-zone ID: ${time}`)
  if (date instanceof FeelLocalDateTime) return atZone(date.dateTime, zone)
  return date instanceof FeelDateTime ? new FeelDateTime(date.dateTime.withTimeZone(zone)) : undefined
}

function isGrouping(separator: string): boolean {
  return separator === ' ' || isDecimal(separator)
}

function isDecimal(separator: string): boolean {
  return separator === ',' || separator === '.'
}

function separatedNumber(from: string, grouping: FeelValue, decimal: FeelValue): FeelValue | undefined {
  const isRight =
    (grouping === null || (text(grouping) && isGrouping(grouping))) &&
    (decimal === null || (text(decimal) && isDecimal(decimal)))
  if (isRight && grouping !== decimal) {
    const digits = grouping === null ? from : from.replaceAll(grouping as string, '')
    return readNumber(decimal === null ? digits : digits.replaceAll(decimal as string, '.'))
  }
  if (!text(grouping) || !text(decimal)) return undefined
  return new FeelError(`illegal arguments for grouping or decimal. Must be one of ' ' (grouping only), ',' or '.'`)
}

function readNumber(from: string): FeelValue {
  return parseDecimal(from) ?? new FeelError(`Can't parse '${from}' as a number`)
}

const stepsOfTemporalText = 120

function stringOf(from: FeelValue, { budget }: Surroundings): FeelValue {
  if (from === null || text(from)) return from
  if (isTemporal(from)) budget.spend(stepsOfTemporalText)
  const string = textOf(from)
  budget.spendText(string.length)
  budget.spend(string.length / 4)
  return string
}

/** Which of them it would have been, by its form. */
function dateTimeKind(from: string): string {
  if (/^-?\d+-[01]\d-[0-3]\d$/.test(from)) return 'date(-time)'
  const [, time, zone] = /^-?\d{4,}-[01]\d-[0-3]\dT([0-2]\d:[0-5]\d(?::[0-5]\d)?(?:\.\d{1,9})?)(.*)$/s.exec(from) ?? []
  return time !== undefined && zone === '' ? 'local-date-time' : 'date-time'
}

function durationKind(from: string): string {
  if (/^-?P-?(\d+Y)?-?(\d+M)?$/.test(from)) return 'year-month-duration'
  return /^-?P(-?(\d+D)?(T-?(\d+H)?-?(\d+M)?-?(\d+(.\d*)?S)?)?)$/.test(from) ? 'day-time-duration' : 'duration'
}

function named(values: Record<string, FeelNumber>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .join(', ')
}
