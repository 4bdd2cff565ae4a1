import type { Job, Outcome } from '../job.ts'
import { Configuration } from './configuration.ts'
import { parseExactly } from './exactJson.ts'
import { type Answer, type Contract, type ExchangeFailure, JobProblem, type Plan } from './plan.ts'
import type { Secrets } from './secret.ts'
import { type Found, namesIn, type RenderOptions, render, renderDeep, textOf } from './template.ts'

/** Milliseconds. */
const timeout = 60_000

/** The contract of zeebe-http-worker, job types `http` and (in Camunda Cloud) `CAMUNDA-HTTP`: its README, and its `HttpJobHandler`. */
export const legacyContract: Contract = {
  async plan(job, secrets) {
    return planOf(new Configuration(job, secrets))
  },
  outcomeOf(job, answer) {
    const configuration = new Configuration(job, noSecrets)
    if (matches(answer.status, configuration.get('statusCodeFailure'), '3xx, 4xx, 5xx'))
      return failed(job, answer, configuration)
    if (matches(answer.status, configuration.get('statusCodeCompletion'), '1xx, 2xx')) return completed(answer)
    return { type: 'leave' }
  },
  outcomeOfFailure(job, failure) {
    return { type: 'fail', message: `Http request failed: ${failure.message}`, ...retriesAfter(job, failure) }
  },
}

const noSecrets: Secrets = new Map()

function planOf(configuration: Configuration): Plan {
  const used = new Set<string>()
  const text = (found: Found | undefined, options?: RenderOptions) =>
    rendered(found, configuration, { ...options, used })
  const url = text(configuration.getIgnoringCase('url'))
  if (url === undefined)
    throw new JobProblem("Missing required parameter: url. Give the task a header or a variable 'url'")
  const method = (text(configuration.getIgnoringCase('method')) ?? 'GET').toUpperCase()
  const headers = { ...headersOf(configuration, text), ...authorizationOf(configuration, text) }
  const bodySecrets = new Set<string>()
  const body = bodyOf(configuration, bodySecrets)
  return { method, url, headers, ...(body && { body }), secrets: used, bodySecrets, derived: [], timeout }
}

type Text = (found: Found | undefined) => string | undefined

function headersOf(configuration: Configuration, text: Text): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': text(configuration.getIgnoringCase('contentType')) ?? 'application/json',
    accept: text(configuration.getIgnoringCase('accept')) ?? 'application/json',
  }
  for (const key of configuration.keysWith('header-')) {
    const value = text(configuration.get(key))
    if (value !== undefined) headers[key.slice('header-'.length).toLowerCase()] = value
  }
  return headers
}

/** A credential with a hole in it would be refused as a wrong one: the missing name is the better answer. */
function authorizationOf(configuration: Configuration, text: Text): Record<string, string> {
  const found = configuration.getIgnoringCase('authorization')
  if (found === undefined) return {}
  const missing =
    found.secret === undefined ? namesIn(textOf(found.value)).find((name) => !configuration.lookup(name)) : undefined
  if (missing !== undefined) {
    throw new JobProblem(
      `the authorization names '${missing}', which is neither a variable of the job nor a secret of the worker: set ZEEBE_ENV_${missing} for the worker`,
    )
  }
  return { authorization: text(found) ?? '' }
}

function bodyOf(configuration: Configuration, used: Set<string>): Plan['body'] {
  const found = configuration.body()
  if (found === undefined) return undefined
  if (typeof found.value === 'string') {
    return {
      text: rendered(found, configuration, { used })!,
      beforeSecrets: rendered(found, configuration, { withoutSecrets: true })!,
    }
  }
  return {
    text: JSON.stringify(renderDeep(found.value, configuration.lookup, { used })),
    beforeSecrets: JSON.stringify(renderDeep(found.value, configuration.lookup, { withoutSecrets: true })),
  }
}

/** A value of the headers or variables is a template; a secret is taken as it is. */
function rendered(found: Found | undefined, configuration: Configuration, options: RenderOptions): string | undefined {
  if (found === undefined) return undefined
  if (found.secret === undefined) return render(textOf(found.value), configuration.lookup, options)
  if (options.withoutSecrets) return `{{${found.secret}}}`
  options.used?.add(found.secret)
  return textOf(found.value)
}

/** `3xx, 404`: classes and codes. */
function matches(status: number, list: Found | undefined, otherwise: string): boolean {
  const patterns = textOf(list?.value ?? otherwise)
    .toLowerCase()
    .split(/[\s,;]+/)
  return patterns.includes(String(status)) || patterns.includes(`${Math.floor(status / 100)}xx`)
}

function completed(answer: Answer): Outcome {
  return {
    type: 'complete',
    variables: { statusCode: answer.status, ...(answer.text === '' ? {} : { body: jsonOrText(answer.text) }) },
  }
}

function failed(job: Job, answer: Answer, configuration: Configuration): Outcome {
  const body = jsonOrText(answer.text)
  const code = at(body, configuration.get('errorCodePath'))
  const message =
    at(body, configuration.get('errorMessagePath')) ?? `Http request failed with ${answer.status}: ${answer.text}`
  if (code !== undefined) return { type: 'error', code, message }
  return { type: 'fail', message, ...retriesAfter(job, answer) }
}

/** One retry less. What may pass by itself (a target that is down or overloaded) is given time. */
export function retriesAfter(job: Job, what: Answer | ExchangeFailure): { retries: number; backOff?: number } {
  const retries = job.retries - 1
  if ('kind' in what) return what.kind === 'too_large' ? { retries: 0 } : { retries, backOff: backOffWith(retries) }
  const passing = what.status >= 500 || what.status === 429 || what.status === 408
  const seconds = Number(what.headers['retry-after'])
  if (seconds > 0) return { retries, backOff: Math.min(seconds * 1_000, 15 * 60_000) }
  return passing ? { retries, backOff: backOffWith(retries) } : { retries }
}

/** Milliseconds before the next try: 1 s, and 2 s before the last one. A job tells how many tries are left, not how many there were. */
function backOffWith(retriesLeft: number): number {
  return retriesLeft > 1 ? 1_000 : 2_000
}

/** The text or number that a dot path leads to. */
function at(body: unknown, path: Found | undefined): string | undefined {
  if (path === undefined) return undefined
  let value = body
  for (const step of textOf(path.value).split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined
}

/** JSON where it is JSON, else the text. */
export function jsonOrText(text: string): unknown {
  try {
    return parseExactly(text)
  } catch {
    return text
  }
}
