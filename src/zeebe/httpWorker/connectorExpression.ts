import { Duration } from 'luxon'
import { evaluate } from '../../feel/evaluate.ts'
import { callName, parseFeel } from '../../feel/expression.ts'
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

/** The functions are handed in as variables of the names under which the interpreter looks for them. A leading `=` is allowed. */
function evaluateText(header: string, text: string, context: Context, now: number): unknown {
  const all: Context = { ...context, ...functions }
  try {
    const expression = parseFeel(text.trim().replace(/^=/, '').trim())
    const variables = [...expression.variables, ...Object.keys(functions)]
    const { value, failure } = evaluate({ ...expression, variables }, { get: (name) => own(all, name) }, now)
    if (failure !== undefined) throw new Error(failure)
    return value
  } catch (error) {
    throw new JobProblem(
      `${header} '${text}' cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

const functions: Context = {
  [callName('bpmnError')]: feelFunction(
    ['errorCode', 'errorMessage', 'variables'],
    (errorCode, errorMessage = '', variables = {}) => ({
      errorType: 'bpmnError',
      errorCode,
      errorMessage,
      variables,
    }),
  ),
  [callName('jobError')]: feelFunction(
    ['errorMessage', 'variables', 'retries', 'retryBackoff'],
    (errorMessage, variables = {}, retries = 0, retryBackoff = null) => ({
      errorType: 'jobError',
      errorMessage,
      variables,
      retries,
      retryBackoff,
    }),
  ),
  [callName('ignoreError')]: feelFunction(['variables'], (variables = {}) => ({ errorType: 'ignoreError', variables })),
}

/** `$args` names the parameters, for calls by name. */
function feelFunction(parameters: readonly string[], body: (...values: unknown[]) => unknown): unknown {
  return Object.assign(body, { $args: parameters })
}

function own(object: Context, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
