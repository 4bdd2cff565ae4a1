import { Temporal } from 'temporal-polyfill'
import { isNumber, toInt } from '../values/decimal.ts'
import { DaysTimeDuration, FeelDate, FeelDateTime, FeelLocalDateTime, YearsMonthsDuration } from '../values/temporal.ts'
import { FeelError, type FeelFunction, type FeelValue } from '../values/value.ts'
import { any, type Builtins, define } from './define.ts'

export const temporalFunctions: Builtins = {
  now: [define([], [], ({ now }) => new FeelDateTime(instantOf(now)))],
  today: [define([], [], ({ now }) => new FeelDate(instantOf(now).toPlainDate()))],
  'day of year': [ofDate(({ dayOfYear }) => dayOfYear)],
  'day of week': [ofDate(({ dayOfWeek }) => days[dayOfWeek - 1]!)],
  'month of year': [ofDate(({ month }) => months[month - 1]!)],
  'week of year': [ofDate(({ weekOfYear }) => weekOfYear ?? null)],
  'last day of month': [ofDate((date) => new FeelDate(date.with({ day: date.daysInMonth })))],
  // Zeebe's own: the text of a timer's cycle
  cycle: [
    define(['repetitions', 'interval'], [any, any], (repetitions, interval) => {
      if (!isDuration(interval) || !(repetitions === null || isNumber(repetitions))) return new FeelError(noCycle)
      return repetitions === null ? `R/${interval}` : `R${toInt(repetitions)}/${interval}`.toUpperCase()
    }),
    define(['repetitions'], [any], (interval) => (isDuration(interval) ? `R/${interval}` : new FeelError(noCycle))),
  ],
}

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const noCycle = 'cycle function expected a repetitions (number) and an interval (duration) parameter'

function isDuration(value: FeelValue): value is YearsMonthsDuration | DaysTimeDuration {
  return value instanceof YearsMonthsDuration || value instanceof DaysTimeDuration
}

function instantOf(now: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('+00:00')
}

function ofDate(body: (date: Temporal.PlainDate) => FeelValue): FeelFunction {
  return define(['date'], [any], (value) => {
    if (value instanceof FeelDate) return body(value.date)
    const hasDate = value instanceof FeelDateTime || value instanceof FeelLocalDateTime
    return hasDate ? body(value.dateTime.toPlainDate()) : undefined
  })
}
