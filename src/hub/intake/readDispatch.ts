import { isObject, type JsonObject, parseJson, shorten } from '../../database/json/json.ts'
import { messageOf } from '../../errors.ts'
import type { Dispatch } from '../../events/dispatch.ts'
import { Refusal } from '../refusal.ts'

export const dispatchDocumentation = 'https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event'

/**
 * Reads the body of `POST /repos/{owner}/{repo}/dispatches`, whatever its content type says, by GitHub's rules and in its
 * words (REST API, "Create a repository dispatch event"). Beyond them it refuses a payload that could not be stored as it
 * came. Throws a refusal: 400 for what is no JSON, 422 for the rest.
 */
export function readDispatch(body: Buffer): Dispatch {
  const value = body.length === 0 ? null : parse(body)
  if (!isObject(value)) throw invalidRequest([`For 'links/0/schema', ${inspect(value)} is not an object.`])
  const problems = problemsOf(value)
  if (problems.length > 0) throw invalidRequest(problems)
  const { event_type, client_payload = {} } = value
  const mayBeLong = body.length * longestGrowth > longestPayload
  if (mayBeLong && isLonger(JSON.stringify(client_payload), longestPayload))
    throw refuse('client_payload is too large.')
  return { eventType: event_type as string, payload: client_payload as JsonObject }
}

const longestType = 100
const mostProperties = 10
/** Characters of the payload's JSON. */
const longestPayload = 65_535
/** Characters of JSON for a byte that came, at most: `1e20` is written out with 21. */
const longestGrowth = 6

function problemsOf(body: JsonObject): string[] {
  const problems = [problemOfKeys(body), problemOfType(body), problemOfPayload(body)]
  return problems.filter((problem) => problem !== undefined)
}

function problemOfKeys(body: JsonObject): string | undefined {
  const others = Object.keys(body).filter((key) => key !== 'event_type' && key !== 'client_payload')
  if (others.length === 0) return undefined
  return others.length === 1 ? `${quoted(others)} is not a permitted key.` : `${quoted(others)} are not permitted keys.`
}

function problemOfType(body: JsonObject): string | undefined {
  if (!Object.hasOwn(body, 'event_type')) return `"event_type" wasn't supplied.`
  const { event_type: type } = body
  if (typeof type !== 'string') return `For 'properties/event_type', ${inspect(type)} is not a string.`
  if (type.length === 0) return 'At least 1 characters are required; only 0 were supplied.'
  return isLonger(type, longestType)
    ? `Only ${longestType} characters are allowed; ${lengthOf(type)} were supplied.`
    : undefined
}

function problemOfPayload(body: JsonObject): string | undefined {
  if (!Object.hasOwn(body, 'client_payload')) return undefined
  const { client_payload: payload } = body
  if (!isObject(payload)) return `For 'properties/client_payload', ${inspect(payload)} is not an object.`
  const count = Object.keys(payload).length
  return count > mostProperties
    ? `No more than ${mostProperties} properties are allowed; ${count} were supplied.`
    : undefined
}

function parse(body: Buffer): unknown {
  try {
    return parseJson(body, 'the body')
  } catch (error) {
    // The cause is the parser's own error where the text is no JSON; without one it is JSON that we refuse to keep.
    if (!(error as Error).cause) throw refuse(messageOf(error))
    throw new Refusal(400, 'Problems parsing JSON', { documentation: dispatchDocumentation }, { cause: error })
  }
}

function invalidRequest(problems: readonly string[]): Refusal {
  return refuse(`Invalid request.\n\n${problems.join('\n')}`)
}

function refuse(message: string): Refusal {
  return new Refusal(422, message, { documentation: dispatchDocumentation })
}

function quoted(keys: readonly string[]): string {
  return keys
    .toSorted()
    .map((key) => JSON.stringify(shorten(key)))
    .join(', ')
}

/** As Ruby, which GitHub is written in, shows a value. */
function inspect(value: unknown): string {
  return value === null ? 'nil' : shorten(JSON.stringify(value))
}

/** A text has at least as many UTF-16 units as characters: most need not be counted. */
function isLonger(text: string, most: number): boolean {
  return text.length > most && lengthOf(text) > most
}

/** Characters, not UTF-16 units: a smiley is one. */
function lengthOf(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
