import type { Code } from '../../errors.ts'

/** What became of an event. One per event (source and id), kept on `refs/commitbase/receipts`. */
export interface Receipt {
  /** Its place in the order of commitment, from 1. */
  readonly seq: number
  readonly event: ReceiptEvent
  /** Hex SHA-256 of the canonical JSON (RFC 8785) of what was asked for: the same id with another digest is a conflict. */
  readonly digest: string
  readonly status: ReceiptStatus
  /** The operation's name; nothing where a handler ran. */
  readonly operation?: string
  /** The commit on the branch; nothing where the event changed nothing. */
  readonly commit?: string
  /** Left out above 64 KiB. */
  readonly result?: unknown
  readonly error?: { readonly code: Code; readonly message: string }
  /** The messages it owes to the engine, in order. */
  readonly messages: readonly OwedMessage[]
  /** ISO 8601 UTC: the commit's time. */
  readonly time: string
}

/** `done`; `refused` for good (`invalid`, `conflict`, `not_found`); `failed` (`unavailable`, `internal`): may be evaluated again, which replaces the receipt. */
export type ReceiptStatus = 'done' | 'refused' | 'failed'

export interface ReceiptEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly subject?: string
  readonly correlationid: string
  readonly causationid?: string
}

export interface OwedMessage {
  readonly name: string
  readonly correlationKey: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly timeToLive: number
  readonly messageId: string
}

export const receiptsRef = 'refs/commitbase/receipts'
