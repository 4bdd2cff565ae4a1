import { digestOf } from '../../events/digest.ts'
import { readJson } from '../../readJson.ts'
import { JobProblem } from './plan.ts'

/** Whether a request is a `repository_dispatch`, at GitHub, an enterprise server or a hub. */
export function isDispatch(method: string, url: URL): boolean {
  return method === 'POST' && /\/repos\/[^/]+\/[^/]+\/dispatches\/?$/.test(url.pathname)
}

/** GitHub takes ten top-level properties in `client_payload`. */
const mostProperties = 10

/**
 * Puts an `event_id` into a dispatch's `client_payload` where none is: a digest of the engine's identity, the job's key and the body before
 * secrets are put in (DESIGN §4). So a job that is tried again repeats it, and a mended variable, another job or another engine does not.
 * Throws `JobProblem` where the payload is full. What is no dispatch's body is given back as it came: its receiver says what is wrong with it.
 */
export function withEventId(bodyText: string, engineId: string, jobKey: string): { text: string; eventId?: string } {
  const body = parse(bodyText)
  const payload = isObject(body) ? (body.client_payload ?? {}) : undefined
  if (!isObject(body) || !isObject(payload)) return { text: bodyText }
  const given = payload.event_id
  if (given !== undefined && given !== null && given !== '') return { text: bodyText, eventId: String(given) }
  const { event_id: _empty, ...rest } = payload
  if (Object.keys(rest).length >= mostProperties) throw new JobProblem(full(Object.keys(rest).length))
  const eventId = digestOf({ engine: engineId, job: jobKey, body })
  return { text: JSON.stringify({ ...body, client_payload: { ...rest, event_id: eventId } }), eventId }
}

function full(properties: number): string {
  return `client_payload has ${properties} properties, and GitHub takes ${mostProperties}: there is no room for the event_id that keeps a repeated dispatch from being applied twice; put some of them into one object, or give an event_id of your own`
}

function parse(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
