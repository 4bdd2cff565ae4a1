import { hash } from 'node:crypto'
import { canonicalJson } from '../database/json/canonicalJson.ts'
import type { Event } from './event.ts'

/** Hex SHA-256 of a value's canonical JSON (RFC 8785): equal values have equal digests, however they were written. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonicalJson(value))
}

/** What makes two events of one id the same: type, subject and data, without `event_id` and `time` in the data. */
export function eventDigest({ type, subject, data }: Event): string {
  return digestOf({ type, subject, data: { ...data, event_id: undefined, time: undefined } })
}

/** The same for an operation: its name and parameters. */
export function operationDigest(name: string, parameters: unknown): string {
  return digestOf({ operation: name, parameters })
}
