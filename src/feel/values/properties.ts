import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelLocalDateTime,
  FeelLocalTime,
  FeelTime,
  partsOf,
  second,
  YearsMonthsDuration,
} from './temporal.ts'
import { briefly } from './text.ts'
import {
  entriesOf,
  entryOf,
  type FeelContext,
  FeelError,
  type FeelValue,
  isContext,
  isList,
  nothing,
  type Surroundings,
} from './value.ts'

/** `value.name`: of each item, where it is a list. Null, and a warning, where there is none. */
export function propertyOf(value: FeelValue, name: string, surroundings: Surroundings): FeelValue {
  if (value instanceof FeelError) return value
  if (isList(value)) {
    surroundings.budget.spend(value.length)
    return value.map((item) => propertyOf(item, name, surroundings))
  }
  if (isContext(value)) {
    const entry = entryOf(value, name)
    return entry === undefined ? noEntry(value, name, surroundings) : entry
  }
  if (value === null)
    return nothing(
      surroundings,
      'NO_CONTEXT_ENTRY_FOUND',
      `No context entry found with key '${name}'. The context is null`,
    )
  surroundings.budget.spend(stepsOfTemporal)
  const properties = propertiesOf(value)
  if (Object.hasOwn(properties, name)) return properties[name]!()
  const names = Object.keys(properties).map((key) => `'${key}'`)
  return nothing(
    surroundings,
    'NO_PROPERTY_FOUND',
    `No property found with name '${name}' of value '${briefly(value)}'. Available properties: ${names.join(', ')}`,
  )
}

function noEntry(context: FeelContext, name: string, surroundings: Surroundings): null {
  const keys = entriesOf(context).map(([key]) => `'${key}'`)
  surroundings.budget.spend(keys.length)
  const what = keys.length === 0 ? 'The context is empty' : `Available keys: ${keys.join(', ')}`
  return nothing(surroundings, 'NO_CONTEXT_ENTRY_FOUND', `No context entry found with key '${name}'. ${what}`)
}

/** It has its properties made for it. */
const stepsOfTemporal = 10

type Properties = Record<string, () => FeelValue>

function propertiesOf(value: FeelValue): Properties {
  if (value instanceof FeelDate) return ofDate(value.date)
  if (value instanceof FeelLocalTime) return ofTime(value.time, noZone)
  if (value instanceof FeelTime) return ofTime(value.time, value)
  if (value instanceof FeelLocalDateTime) return ofDateTime(value.dateTime, noZone)
  if (value instanceof FeelDateTime) return ofDateTime(value.dateTime, value)
  if (value instanceof YearsMonthsDuration)
    return { years: () => Math.trunc(value.months / 12) + 0, months: () => (value.months % 12) + 0 }
  if (!(value instanceof DaysTimeDuration)) return {}
  const { days, hours, minutes, seconds } = partsOf(value)
  return { days: () => days, hours: () => hours, minutes: () => minutes, seconds: () => seconds }
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly dayOfWeek: number
}

interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

interface Zone {
  readonly offset: number | null
  readonly zone: string | null
}

const noZone: Zone = { offset: null, zone: null }

/* In the order in which the real engine's warnings name them. */

function ofDate({ year, month, day, dayOfWeek }: Day): Properties {
  return { year: () => year, month: () => month, day: () => day, weekday: () => dayOfWeek }
}

function ofTime(clock: Clock, zone: Zone): Properties {
  return {
    timezone: () => zone.zone,
    second: () => clock.second,
    'time offset': () => offsetOf(zone),
    minute: () => clock.minute,
    hour: () => clock.hour,
  }
}

function ofDateTime(dateTime: Day & Clock, zone: Zone): Properties {
  return {
    timezone: () => zone.zone,
    year: () => dateTime.year,
    second: () => dateTime.second,
    month: () => dateTime.month,
    day: () => dateTime.day,
    'time offset': () => offsetOf(zone),
    weekday: () => dateTime.dayOfWeek,
    minute: () => dateTime.minute,
    hour: () => dateTime.hour,
  }
}

function offsetOf({ offset }: Zone): FeelValue {
  return offset === null ? null : new DaysTimeDuration(BigInt(offset) * second)
}
