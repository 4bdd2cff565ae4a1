import { eventKey } from '../database/receipts/eventKey.ts'
import { CommitbaseError } from '../errors.ts'
import { eventDigest, operationDigest } from './digest.ts'
import type { Event } from './event.ts'

/** Which event it is, and what it asks for: of one key with another digest it is another's. */
export interface EventIdentity {
  /** Hex SHA-256 of source, NUL, id. */
  readonly key: string
  /** Hex SHA-256 of the canonical JSON of what it asks for. */
  readonly digest: string
}

/** Each takes some microseconds: whoever hands the event on hands its identity on, too. */
export function identityOf(
  event: Event,
  operation?: { readonly name: string; readonly parameters: unknown },
): EventIdentity {
  const digest = operation ? operationDigest(operation.name, operation.parameters) : eventDigest(event)
  return { key: eventKey(event.source, event.id), digest }
}

/** Throws `conflict` where the event came before with another digest. */
export function refuseOtherContent({ id, source }: Pick<Event, 'id' | 'source'>, earlier: string, now: string): void {
  if (earlier === now) return
  throw new CommitbaseError(
    'conflict',
    `event '${id}' of ${source} came before with other content (digest ${earlier}, now ${now}); give a new event an id of its own`,
  )
}
