import { type Evaluation, evaluate, type FeelType, type VariableLookup } from '../../feel/evaluate.ts'
import type { Expression } from '../../feel/expression.ts'
import type { Key } from '../key.ts'
import { IncidentRaised, type Run, uniqueDigits } from '../run.ts'
import { printedDateTime, zoned } from '../waiting/dateTime.ts'
import { variablesFrom } from './variables.ts'

/** Evaluates over a scope's variables, or over `variables`. What cannot be evaluated at all is an incident. */
export function evaluateIn(
  run: Run,
  scopeKey: Key,
  expression: Expression,
  variables: VariableLookup = variablesFrom(run.state, scopeKey),
): Evaluation {
  const evaluation = evaluate(expression, variables, run.now, () => uniqueDigits(run))
  if (evaluation.failure === undefined) return evaluation
  throw raised(evaluation.failure, evaluation, scopeKey)
}

export function evaluateBoolean(run: Run, scopeKey: Key, expression: Expression, variables?: VariableLookup): boolean {
  return evaluateAs(run, scopeKey, expression, 'BOOLEAN', variables).value as boolean
}

/** The code of an error or escalation: a static one as it stands there, also where it reads as a number. */
export function evaluateCode(run: Run, scopeKey: Key, expression: Expression): string {
  return expression.kind === 'static' ? expression.value : evaluateString(run, scopeKey, expression)
}

/** A string; a static one that reads as a number is no string to the real engine. */
export function evaluateString(run: Run, scopeKey: Key, expression: Expression): string {
  return evaluateAs(run, scopeKey, expression, 'STRING').value as string
}

export function evaluateNumber(run: Run, scopeKey: Key, expression: Expression): number {
  return Number(evaluateAs(run, scopeKey, expression, 'NUMBER').value)
}

export function evaluateArray(run: Run, scopeKey: Key, expression: Expression): readonly unknown[] {
  return evaluateAs(run, scopeKey, expression, 'ARRAY').value as unknown[]
}

export function evaluateStrings(run: Run, scopeKey: Key, expression: Expression): readonly string[] {
  const evaluation = evaluateAs(run, scopeKey, expression, 'ARRAY')
  const items = evaluation.value as unknown[]
  if (items.every((item) => typeof item === 'string')) return items
  throw raised(
    `Expected result of the expression '${sourceOf(expression)}' to be 'ARRAY' containing 'STRING' items, but was 'ARRAY' containing at least one non-'STRING' item.`,
    evaluation,
    scopeKey,
  )
}

/** A date and time as Java prints it; undefined for null and an empty text. */
export function evaluateDateTime(run: Run, scopeKey: Key, expression: Expression): string | undefined {
  const evaluation = evaluateOneOf(run, scopeKey, expression, ['NULL', 'DATE_TIME', 'STRING'])
  if (evaluation.value === null || evaluation.value === '') return undefined
  const text = evaluation.type === 'DATE_TIME' ? zoned(String(evaluation.value)) : String(evaluation.value)
  const dateTime = printedDateTime(text)
  if (dateTime !== undefined) return dateTime
  throw raised(`Invalid date-time format '${text}' for expression '${sourceOf(expression)}'.`, evaluation, scopeKey)
}

export function evaluateOneOf(run: Run, scopeKey: Key, expression: Expression, types: readonly FeelType[]): Evaluation {
  const evaluation = evaluateIn(run, scopeKey, expression)
  if (types.includes(evaluation.type)) return evaluation
  throw raised(
    `Expected result of the expression '${sourceOf(expression)}' to be one of '[${types.join(', ')}]', but was '${evaluation.type}'.`,
    evaluation,
    scopeKey,
  )
}

/** The key that a message must bring: a string, or the whole part of a number as a string. */
export function evaluateCorrelationKey(run: Run, scopeKey: Key, expression: Expression): string {
  const evaluation = evaluateIn(run, scopeKey, expression)
  if (evaluation.type === 'STRING') return evaluation.value as string
  if (evaluation.type === 'NUMBER') return BigInt(Math.trunc(evaluation.value as number)).toString()
  throw raised(
    `Failed to extract the correlation key for '${sourceOf(expression)}': The value must be either a string or a number, but was '${evaluation.type}'.`,
    evaluation,
    scopeKey,
  )
}

/** As it stands in the model, without the `=`. */
export function sourceOf(expression: Expression): string {
  return expression.kind === 'feel' ? expression.source : expression.value
}

function evaluateAs(
  run: Run,
  scopeKey: Key,
  expression: Expression,
  type: FeelType,
  variables?: VariableLookup,
): Evaluation {
  const evaluation = evaluateIn(run, scopeKey, expression, variables)
  const found = typeOf(expression, evaluation)
  if (found === type) return evaluation
  throw raised(
    `Expected result of the expression '${sourceOf(expression)}' to be '${type}', but was '${found}'.`,
    evaluation,
    scopeKey,
  )
}

/** Of an attribute's value; a static one that reads as a number is no string to the real engine. */
export function typeOf(expression: Expression, { type }: Evaluation): FeelType {
  if (expression.kind === 'feel') return type
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(expression.value) ? 'NUMBER' : 'STRING'
}

function raised(message: string, { warnings }: Evaluation, scopeKey: Key): IncidentRaised {
  const reported =
    warnings.length === 0 ? '' : ` The evaluation reported the following warnings:\n${warnings.join('\n')}`
  return new IncidentRaised('EXTRACT_VALUE_ERROR', `${message}${reported}`, scopeKey)
}
