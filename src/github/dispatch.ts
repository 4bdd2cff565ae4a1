import { Octokit } from '@octokit/rest'
import { type Code, CommitbaseError, messageOf } from '../errors.ts'

/** A repository on GitHub, or on a hub, that takes dispatches. */
export interface DispatchTarget {
  /** `owner/name`. */
  readonly repository: string
  /** May write the repository's contents. */
  readonly token: string
  /** Where the interface is; `https://api.github.com` unless given. */
  readonly baseUrl?: string
}

export interface DispatchRequest {
  readonly eventType: string
  /** At most ten properties, 65,535 characters as JSON. */
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Sends a `repository_dispatch`; resolves when it was accepted (204). Throws `unauthorized` (401, 403), `not_found` (404),
 * `conflict` (409), `invalid` (422 and other 4xx), `unavailable` where trying again may help (429, a rate limit, 5xx, no answer).
 */
export async function dispatch(target: DispatchTarget, { eventType, payload }: DispatchRequest): Promise<void> {
  const [owner, repo, ...rest] = target.repository.split('/')
  if (!owner || !repo || rest.length > 0) {
    throw new CommitbaseError('invalid', `a repository is named 'owner/name'; got '${target.repository}'`)
  }
  const octokit = new Octokit({ auth: target.token, baseUrl: target.baseUrl, log: silent })
  try {
    await octokit.rest.repos.createDispatchEvent({ owner, repo, event_type: eventType, client_payload: { ...payload } })
  } catch (error) {
    throw refusal(error, target, eventType)
  }
}

/** Octokit warns on the console otherwise; what matters is in the error. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function refusal(error: unknown, { repository, baseUrl }: DispatchTarget, eventType: string): CommitbaseError {
  const status = statusOf(error)
  const where = baseUrl ?? 'https://api.github.com'
  const answer = status === undefined ? 'there was no answer' : `the answer was ${status}`
  const message = `${where} did not take '${eventType}' for ${repository}: ${answer}: ${messageOf(error)}. ${adviceFor(status)}`
  return new CommitbaseError(codeFor(status, error), message, { cause: error })
}

function codeFor(status: number | undefined, error: unknown): Code {
  if (status === undefined || status >= 500 || status === 429 || isRateLimit(error)) return 'unavailable'
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not_found'
  return status === 409 ? 'conflict' : 'invalid'
}

function adviceFor(status: number | undefined): string {
  if (status === 401) return 'Give a token that is valid'
  if (status === 403) return "Give a token with 'contents: write', or wait where it is a rate limit"
  if (status === 404) return 'Check the name, and that the token may see the repository'
  if (status === undefined || status >= 500 || status === 429) return 'Try again in a moment'
  return 'Mend the request'
}

/** Octokit gives a failure without an answer (no route, a reset) the status 500 and no response. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('response' in error) || !error.response)
    return undefined
  return typeof error.status === 'number' ? error.status : undefined
}

/** GitHub answers a rate limit with 403 as well, and says so in its headers. */
function isRateLimit(error: unknown): boolean {
  const headers = (error as { response?: { headers?: Record<string, string | undefined> } }).response?.headers
  return headers?.['x-ratelimit-remaining'] === '0' || headers?.['retry-after'] !== undefined
}
