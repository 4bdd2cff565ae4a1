import { briefly } from '../feel/values/text.ts'
import { typeName } from '../feel/values/value.ts'
import { EvaluationFailure } from './evaluation.ts'

/** The types that Zeebe checks; every other name (a type of the file's own, `Any`) takes what comes. */
const checked: Record<string, string | undefined> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  time: 'time',
  date: 'date',
  dateTime: 'date and time',
  dayTimeDuration: 'days and time duration',
  yearMonthDuration: 'years and months duration',
}

/** The value itself, where it is of that type or null. Throws EvaluationFailure. */
export function checkType(value: unknown, typeRef: string | undefined): unknown {
  const name = typeRef?.replaceAll('feel:', '') ?? ''
  const expected = Object.hasOwn(checked, name) ? checked[name] : undefined
  if (expected === undefined || value === null || typeName(value) === expected) return value
  throw new EvaluationFailure(`expected '${name}' but found '${briefly(value)}'`)
}
