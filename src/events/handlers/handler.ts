import type { Oid } from '../../git/objects/object.ts'
import type { Event } from '../event.ts'
import type { Transaction } from './transaction.ts'

/**
 * Reads and writes records, and publishes messages, through its transaction: all of it lands together, or nothing does. It may
 * run again when the head moved; what it does elsewhere it does idempotently, keyed by the event's id. What it gives is the result.
 */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the data of its own event type.
export type Handler = (event: Event<any>, tx: Transaction) => unknown

/** How a handler is run; a module exports `settings` with one for each event type that needs another than the default. */
export interface HandlerSettings {
  /** Milliseconds for one run, a day at most; then it has failed with `unavailable`. */
  readonly deadline: number
  /** How often it runs again after it threw something else than a refusal: 100 times at most. */
  readonly retries: number
  /** Milliseconds before the first of them, 60,000 at most; it doubles with each, up to a minute. */
  readonly backOff: number
}

export const defaultSettings: HandlerSettings = { deadline: 30_000, retries: 2, backOff: 100 }

export interface LoadedHandler {
  readonly run: Handler
  readonly settings: HandlerSettings
}

/** The handlers of a file or folder, by event type. */
export interface HandlerSet {
  /** Where they were loaded from, as it was given; in the Action its place in the workspace. */
  readonly path: string
  /** The id that git gives to that file or folder as it was loaded: who evaluates for another must have the same. */
  readonly id: Oid
  readonly handlers: ReadonlyMap<string, LoadedHandler>
}
