import type { OwedMessage } from '../../database/receipts/receipt.ts'

/** What goes back to the engine once a write has landed. `messageId` is the event's key, a dash, and the message's place among the event's messages; `timeToLive` is in milliseconds. */
export type Message = OwedMessage

/** One hour, in milliseconds. */
export const defaultTimeToLive = 3_600_000

/** What a handler hands to `tx.publish`; the rest of a message has defaults. */
export interface MessageDraft {
  readonly name: string
  readonly correlationKey: string | number
  readonly variables?: Readonly<Record<string, unknown>>
  /** Milliseconds that the engine keeps the message for an instance that does not wait yet; 1 h unless given. */
  readonly timeToLive?: number
}

/** Where messages go. Resolves once the engine has taken it (`ALREADY_EXISTS` is success); throws `unavailable` where it may be tried again, `invalid` where the engine refused it for good. */
export interface Publisher {
  publish(message: Message): Promise<void>
}
