import { CommitbaseError } from '../errors.ts'
import type { Event } from './event.ts'

/** A `repository_dispatch` as its sender wrote it: the body's `event_type` and `client_payload`. */
export interface Dispatch {
  readonly eventType: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** What an event gets where the payload says nothing. */
export interface EventDefaults {
  readonly newId: () => string
  readonly source: string
  /** ISO 8601 UTC. */
  readonly time: string
}

/** The source of events that name none: the repository on GitHub, for a local hub too. */
export function defaultSource(repository: string): string {
  return `https://github.com/${repository}`
}

/**
 * The event that a dispatch carries. `event_id`, `correlation_id`, `causation_id`, `source`, `subject` and `time` of the
 * payload become the event's attributes; the whole payload is its data. `failure_message` asks for a message should the event fail
 * (`failureMessages`). Throws `invalid` where one of them is no text.
 */
export function eventFromDispatch({ eventType, payload }: Dispatch, defaults: EventDefaults): Event {
  const id = attribute(payload, 'event_id') ?? defaults.newId()
  const subject = attribute(payload, 'subject')
  const causationid = attribute(payload, 'causation_id')
  attribute(payload, 'failure_message')
  return {
    id,
    source: attribute(payload, 'source') ?? defaults.source,
    type: eventType,
    time: timestamp(payload) ?? defaults.time,
    ...(subject === undefined ? {} : { subject }),
    data: payload,
    correlationid: attribute(payload, 'correlation_id') ?? id,
    ...(causationid === undefined ? {} : { causationid }),
  }
}

const longest = 1_024

function attribute(payload: Dispatch['payload'], name: string): string | undefined {
  const value = payload[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value
  const came = typeof value === 'string' ? `${value.length} characters` : JSON.stringify(value).slice(0, 80)
  throw new CommitbaseError(
    'invalid',
    `client_payload.${name} must be a text of 1 to ${longest} characters; got ${came}`,
  )
}

function timestamp(payload: Dispatch['payload']): string | undefined {
  const value = attribute(payload, 'time')
  if (value === undefined) return undefined
  const time = new Date(value)
  if (Number.isNaN(time.getTime())) {
    throw new CommitbaseError('invalid', `client_payload.time must be an ISO 8601 time; got '${value.slice(0, 80)}'`)
  }
  return time.toISOString()
}
