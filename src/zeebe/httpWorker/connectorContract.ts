import { STATUS_CODES } from 'node:http'
import type { Job, Outcome } from '../job.ts'
import { authenticate } from './authentication.ts'
import { type ConnectorError, evaluateError, evaluateResult, milliseconds } from './connectorExpression.ts'
import { jsonOrText, retriesAfter } from './legacyContract.ts'
import { type Answer, type Contract, type Exchange, type ExchangeFailure, JobProblem, type Plan } from './plan.ts'
import type { Secrets } from './secret.ts'
import { type Lookup, namesIn, type RenderOptions, renderDeep, textOf } from './template.ts'
import type { TokenCache } from './tokenCache.ts'

/** The contract of Camunda's REST connector, job type `io.camunda:http-json:1`: its inputs are variables, its outputs are told by task headers. */
export function connectorContract({
  clock,
  tokens,
}: {
  readonly clock: () => number
  readonly tokens: TokenCache
}): Contract {
  return {
    plan: (job, secrets, exchange) => planOf(job, secrets, exchange, tokens),
    outcomeOf: (job, answer) =>
      answer.status >= 400 ? refused(job, answer, clock()) : succeeded(job, answer, clock()),
    outcomeOfFailure: (job, failure) => unanswered(job, failure, clock()),
  }
}

async function planOf(job: Job, secrets: Secrets, exchange: Exchange, tokens: TokenCache): Promise<Plan> {
  checkHeaders(job)
  const used = new Set<string>()
  const put = inputsOf(job, secrets)
  const {
    url,
    method,
    headers,
    queryParameters,
    body,
    authentication,
    connectionTimeoutInSeconds,
    readTimeoutInSeconds,
  } = job.variables
  const credential = await authenticate(put(authentication, { used: new Set() }), {
    exchange,
    tokens,
    secrets: secretsIn(authentication),
  })
  for (const name of credential.secrets) used.add(name)
  const target = targetOf(put(url, { used }), {
    ...textMap('queryParameters', put(queryParameters, { used })),
    ...credential.query,
  })
  const sent = { ...lowerCased(textMap('headers', put(headers, { used }))), ...credential.headers }
  const bodySecrets = new Set<string>()
  const hasBody = body !== undefined && body !== null && body !== ''
  return {
    method: (textOf(method) || 'GET').toUpperCase(),
    url: target,
    headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...sent },
    ...(hasBody && {
      body: {
        text: bodyText(put(body, { used: bodySecrets }), sent),
        beforeSecrets: bodyText(put(body, { withoutSecrets: true }), sent),
      },
    }),
    secrets: used,
    bodySecrets,
    derived: credential.derived,
    timeout: timeoutOf(readTimeoutInSeconds ?? connectionTimeoutInSeconds),
  }
}

/** Only `{{secrets.NAME}}` is a placeholder here; all else is data. Throws `JobProblem` for a secret that is not there. */
function inputsOf(job: Job, secrets: Secrets): (value: unknown, options: RenderOptions) => unknown {
  const lookup: Lookup = (placeholder) => {
    if (!placeholder.startsWith('secrets.')) return undefined
    const name = placeholder.slice('secrets.'.length)
    const secret = secrets.get(name)
    if (!secret)
      throw new JobProblem(
        `Secret with name '${name}' is not available: set SECRET_${name} for the worker (job ${job.key})`,
      )
    return { value: secret.value, secret: name }
  }
  return (value, options) => renderDeep(value, lookup, options)
}

function secretsIn(value: unknown): string[] {
  const names = namesIn(JSON.stringify(value ?? null)).filter((name) => name.startsWith('secrets.'))
  return [...new Set(names.map((name) => name.slice('secrets.'.length)))]
}

function checkHeaders({ customHeaders }: Job): void {
  milliseconds('the task header retryBackoff', customHeaders.retryBackoff)
  if (milliseconds('the task header jobTimeout', customHeaders.jobTimeout) === 0)
    throw new JobProblem('the task header jobTimeout must be longer than nothing; got PT0S')
}

function targetOf(url: unknown, query: Record<string, string>): string {
  if (typeof url !== 'string' || url === '') throw new JobProblem("the input 'url' is missing: map a text to it")
  const target = URL.parse(url)
  if (!target) throw new JobProblem(`the input 'url' must be an http(s) URL; got '${url}'`)
  for (const [name, value] of Object.entries(query)) target.searchParams.append(name, value)
  return target.href
}

/** A context of texts, such as headers. */
function textMap(input: string, value: unknown): Record<string, string> {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new JobProblem(
      `the input '${input}' must be a context, such as {name: "value"}; got ${JSON.stringify(value)}`,
    )
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined)
  return Object.fromEntries(entries.map(([name, item]) => [name, textOf(item)]))
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function bodyText(body: unknown, headers: Readonly<Record<string, string>>): string {
  if (typeof body === 'string') return body
  const contentType = headers['content-type'] ?? ''
  if (contentType.startsWith('multipart/'))
    throw new JobProblem(
      'this worker sends no multipart bodies: send JSON, a form (application/x-www-form-urlencoded) or a text',
    )
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return JSON.stringify(body)
  return new URLSearchParams(textMap('body', body)).toString()
}

/** Milliseconds; 20 s unless given, and 0, which means none to Camunda's own, is the longest here. */
function timeoutOf(seconds: unknown): number {
  if (seconds === undefined || seconds === null || seconds === '') return 20_000
  const given = Number(seconds)
  if (!(given >= 0))
    throw new JobProblem(`readTimeoutInSeconds must be a number of seconds; got ${JSON.stringify(seconds)}`)
  return given === 0 ? longest : Math.min(given * 1_000, longest)
}

const longest = 15 * 60_000

function succeeded(job: Job, answer: Answer, now: number): Outcome {
  const { resultVariable, resultExpression } = job.customHeaders
  const result = { status: answer.status, headers: answer.headers, body: bodyOf(answer), reason: reasonOf(answer) }
  const context = { ...result, response: result }
  const asked = errorOf(job, context, now)
  if (asked) return outcomeOfError(job, asked)
  return {
    type: 'complete',
    variables: {
      ...(resultVariable?.trim() ? { [resultVariable.trim()]: result } : {}),
      ...(resultExpression?.trim() ? evaluateResult(resultExpression, context, now) : {}),
    },
  }
}

function refused(job: Job, answer: Answer, now: number): Outcome {
  const variables = { response: { headers: answer.headers, body: bodyOf(answer) } }
  const error = { code: String(answer.status), message: reasonOf(answer), type: errorType, variables }
  const words = `Http request failed with ${answer.status} ${reasonOf(answer)}: ${answer.text}`
  return failed(job, error, words, retriesAfter(job, answer), now)
}

function unanswered(job: Job, failure: ExchangeFailure, now: number): Outcome {
  const code = failure.kind === 'too_large' ? '413' : '408'
  const error = { code, message: failure.message, type: errorType }
  return failed(job, error, `Http request failed: ${failure.message}`, retriesAfter(job, failure), now)
}

/** As Camunda's runtime names it: expressions may compare it. */
const errorType = 'io.camunda.connector.api.error.ConnectorException'

function failed(
  job: Job,
  error: object,
  message: string,
  retries: { retries: number; backOff?: number },
  now: number,
): Outcome {
  const asked = errorOf(job, { error, response: { error } }, now)
  if (asked) return outcomeOfError(job, asked)
  const backOff = milliseconds('retryBackoff', job.customHeaders.retryBackoff)
  return { type: 'fail', message, ...retries, ...(backOff === undefined ? {} : { backOff }), variables: { error } }
}

function errorOf(job: Job, context: Record<string, unknown>, now: number): ConnectorError | undefined {
  const expression = job.customHeaders.errorExpression?.trim()
  return expression ? evaluateError(expression, { ...context, job: { retries: job.retries } }, now) : undefined
}

function outcomeOfError(_job: Job, error: ConnectorError): Outcome {
  switch (error.errorType) {
    case 'bpmnError':
      return { type: 'error', code: error.errorCode, message: error.errorMessage, variables: error.variables }
    case 'jobError': {
      const { errorMessage, retries, retryBackoff, variables } = error
      return {
        type: 'fail',
        message: errorMessage,
        retries,
        backOff: retryBackoff,
        variables: { ...variables, error: errorMessage },
      }
    }
    case 'ignoreError':
      return { type: 'complete', variables: error.variables }
    default:
      return error satisfies never
  }
}

function bodyOf(answer: Answer): unknown {
  return answer.text.trim() === '' ? null : jsonOrText(answer.text)
}

function reasonOf(answer: Answer): string {
  return answer.reason || (STATUS_CODES[answer.status] ?? '')
}
