import { eventKey } from '../database/receipts/eventKey.ts'
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
