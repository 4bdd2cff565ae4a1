import type { Receipt } from '../database/receipts/receipt.ts'
import type { Applied } from '../events/applyEvent.ts'
import type { Message } from '../events/messages/message.ts'
import type { Oid } from '../git/objects/object.ts'

/** Who an event is, as it is told: without its data. */
export interface EventSummary {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly correlationid: string
}

/** One ref that a push moved; `null`: it was not there before, or is not there now. */
export interface PushedRef {
  readonly ref: string
  readonly from: Oid | null
  readonly to: Oid | null
}

/** What happens in a hub, in the past tense. `owes`: how many messages go out for the event. `milliseconds` count from the event's acceptance, or for a message from its first sending. */
export type Happening =
  | { readonly type: 'accepted'; readonly event: EventSummary }
  | {
      readonly type: 'committed'
      readonly event: EventSummary
      readonly commit: Oid
      readonly subject: string
      readonly owes: number
      readonly milliseconds: number
    }
  /** Applied, and no record changed. */
  | {
      readonly type: 'unchanged'
      readonly event: EventSummary
      readonly owes: number
      readonly milliseconds: number
    }
  /** It had been applied before; the first receipt stands. */
  | { readonly type: 'repeated'; readonly event: EventSummary; readonly milliseconds: number }
  | {
      readonly type: 'refused' | 'failed'
      readonly event: EventSummary
      readonly error: NonNullable<Receipt['error']>
      readonly milliseconds: number
    }
  /** It could not be evaluated for a reason that is not its own, and is tried again. */
  | { readonly type: 'delayed'; readonly event: EventSummary; readonly reason: string }
  | {
      readonly type: 'message-taken'
      readonly event: EventSummary
      readonly message: MessageSummary
      readonly milliseconds: number
    }
  | {
      readonly type: 'message-dead'
      readonly event: EventSummary
      readonly message: MessageSummary
      readonly reason: string
    }
  | { readonly type: 'pushed'; readonly refs: readonly PushedRef[] }

export type MessageSummary = Pick<Message, 'name' | 'correlationKey' | 'messageId'>

export function summaryOf({ id, source, type, correlationid }: EventSummary): EventSummary {
  return { id, source, type, correlationid }
}

/** What became of an event; `milliseconds` since it was accepted. */
export function happeningOf(
  { event, error, receipt, commit, subject, duplicate }: Applied,
  milliseconds: number,
): Happening {
  const summary = summaryOf(event)
  if (duplicate) return { type: 'repeated', event: summary, milliseconds }
  if (error) return { type: receipt?.status === 'failed' ? 'failed' : 'refused', event: summary, error, milliseconds }
  const owes = receipt?.messages.length ?? 0
  if (!commit) return { type: 'unchanged', event: summary, owes, milliseconds }
  return { type: 'committed', event: summary, commit, subject: subject ?? '', owes, milliseconds }
}
