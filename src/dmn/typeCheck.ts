import { type FeelType, typeOf } from '../feel/evaluate.ts'
import { inWarning } from '../feel/functions.ts'
import { EvaluationFailure } from './evaluation.ts'

/** The types that Zeebe checks; every other name (a type of the file's own, `Any`) takes what comes. */
const checked: Record<string, FeelType | undefined> = {
  string: 'STRING',
  number: 'NUMBER',
  boolean: 'BOOLEAN',
  time: 'TIME',
  date: 'DATE',
  dateTime: 'DATE_TIME',
  dayTimeDuration: 'DURATION',
  yearMonthDuration: 'PERIOD',
}

/** The value itself, where it is of that type or null. Throws EvaluationFailure. */
export function checkType(value: unknown, typeRef: string | undefined): unknown {
  const name = typeRef?.replaceAll('feel:', '') ?? ''
  const expected = Object.hasOwn(checked, name) ? checked[name] : undefined
  if (expected === undefined || value === null || typeOf(value) === expected) return value
  throw new EvaluationFailure(`expected '${name}' but found '${inWarning(value)}'`)
}
