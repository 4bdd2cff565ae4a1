import { Duration } from 'luxon'
import { evaluate } from '../../feel/evaluate.ts'
import { parseFeel } from '../../feel/expression.ts'
import { FeelFunction, type FeelValue } from '../../feel/values/value.ts'
import { JobProblem } from './plan.ts'

/** What an error expression may ask for instead of what would happen. */
export type ConnectorError =
  | {
      readonly errorType: 'bpmnError'
      readonly errorCode: string
      readonly errorMessage: string
      readonly variables: Record<string, unknown>
    }
  | {
      readonly errorType: 'jobError'
      readonly errorMessage: string
      readonly variables: Record<string, unknown>
      readonly retries: number
      /** Milliseconds. */
      readonly retryBackoff: number
    }
  | { readonly errorType: 'ignoreError'; readonly variables: Record<string, unknown> }

/** Evaluates `resultExpression`: it must give a context. Throws `JobProblem`. */
export function evaluateResult(expression: string, context: Context, now: number): Record<string, unknown> {
  const value = evaluateText('resultExpression', expression, context, now)
  if (value === null) return {}
  if (!isObject(value))
    throw new JobProblem(
      `resultExpression must give a context, such as {status: response.status}; it gave ${JSON.stringify(value)}`,
    )
  return value
}

/** Evaluates `errorExpression`: null, an empty context or a BPMN error without a code ask for nothing. Throws `JobProblem`. */
export function evaluateError(expression: string, context: Context, now: number): ConnectorError | undefined {
  const value = evaluateText('errorExpression', expression, context, now)
  if (value === null || (isObject(value) && Object.keys(value).length === 0)) return undefined
  const variables = isObject(value) && isObject(value.variables) ? value.variables : {}
  switch (isObject(value) ? value.errorType : undefined) {
    case 'bpmnError': {
      const { errorCode, errorMessage } = value as Record<string, unknown>
      if (errorCode === null || errorCode === undefined) return undefined
      return {
        errorType: 'bpmnError',
        errorCode: String(errorCode),
        errorMessage: String(errorMessage ?? ''),
        variables,
      }
    }
    case 'jobError': {
      const { errorMessage, retries, retryBackoff } = value as Record<string, unknown>
      return {
        errorType: 'jobError',
        errorMessage: String(errorMessage ?? ''),
        variables,
        retries: typeof retries === 'number' ? retries : 0,
        retryBackoff: milliseconds('the back-off of jobError', retryBackoff) ?? 0,
      }
    }
    case 'ignoreError':
      return { errorType: 'ignoreError', variables }
    default:
      throw new JobProblem(
        `errorExpression must give bpmnError(…), jobError(…), ignoreError(…) or null; it gave ${JSON.stringify(value)}`,
      )
  }
}

export type Context = Readonly<Record<string, unknown>>

/** An ISO 8601 duration in milliseconds; undefined where there is none. Throws `JobProblem` for what is no duration. */
export function milliseconds(what: string, text: unknown): number | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const duration = Duration.fromISO(String(text))
  if (!duration.isValid || duration.toMillis() < 0)
    throw new JobProblem(`${what} must be an ISO 8601 duration, e.g. PT5M; got '${String(text)}'`)
  return duration.toMillis()
}

/** A leading `=` is allowed. */
function evaluateText(header: string, text: string, context: Context, now: number): unknown {
  try {
    const expression = parseFeel(text.trim().replace(/^=/, '').trim())
    const { value, failure } = evaluate(expression, { get: (name) => own(context, name), callables }, now)
    if (failure !== undefined) throw new Error(failure)
    return value
  } catch (error) {
    throw new JobProblem(
      `${header} '${text}' cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

/** With as many of their parameters as a call gives. */
const functions: ReadonlyMap<string, readonly FeelFunction[]> = new Map([
  [
    'bpmnError',
    feelFunctions(['errorCode', 'errorMessage', 'variables'], 1, (errorCode, errorMessage = '', variables = {}) => ({
      errorType: 'bpmnError',
      errorCode,
      errorMessage,
      variables,
    })),
  ],
  [
    'jobError',
    feelFunctions(
      ['errorMessage', 'variables', 'retries', 'retryBackoff'],
      1,
      (errorMessage, variables = {}, retries = 0, retryBackoff = null) => ({
        errorType: 'jobError',
        errorMessage,
        variables,
        retries,
        retryBackoff,
      }),
    ),
  ],
  ['ignoreError', feelFunctions(['variables'], 0, (variables = {}) => ({ errorType: 'ignoreError', variables }))],
])

function callables(name: string): readonly FeelFunction[] {
  return functions.get(name) ?? []
}

type Body = (...values: [FeelValue, FeelValue?, FeelValue?, FeelValue?]) => FeelValue

/** One for each number of parameters, from `least`. */
function feelFunctions(parameters: readonly string[], least: number, body: Body): FeelFunction[] {
  const counts = Array.from({ length: parameters.length - least + 1 }, (_, at) => least + at)
  return counts.map(
    (count) => new FeelFunction(parameters.slice(0, count), (values) => body(...(values as Parameters<Body>))),
  )
}

function own(object: Context, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
