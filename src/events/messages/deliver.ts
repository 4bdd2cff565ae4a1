import { setTimeout as delay } from 'node:timers/promises'
import type { Receipt } from '../../database/receipts/receipt.ts'
import { codeOf, messageOf } from '../../errors.ts'
import { step } from '../../step.ts'
import type { Message, Publisher } from './message.ts'

/** What became of a message: the engine has it, or it is dead, with the reason in the engine's words. */
export type Delivery =
  | { readonly status: 'taken'; readonly message: Message; readonly receipt: Receipt; readonly milliseconds: number }
  | { readonly status: 'dead'; readonly message: Message; readonly receipt: Receipt; readonly reason: string }

export interface DeliverOptions {
  readonly publisher: Publisher
  readonly clock: () => number
  /** Called for each message once it is taken or dead, in order for one correlation id. */
  readonly onDelivery: (delivery: Delivery) => Promise<void> | void
  /** Ends the waiting for an engine that is away. */
  readonly signal?: AbortSignal
  /** How often an engine that is away is tried; for ever unless given. */
  readonly attempts?: number
}

/**
 * Hands the messages that the receipts owe to the engine: those of one correlation id one after the other in the order of `seq`,
 * those of different ones side by side. Tries again with back-off while the engine is away. Resolves when each is taken or dead;
 * rejects with `unavailable` when the attempts are used up or the signal came.
 */
export async function deliver(receipts: readonly Receipt[], options: DeliverOptions): Promise<void> {
  const carrier = new Carrier(options)
  const outcomes = await Promise.allSettled(receipts.map((receipt) => carrier.carry(receipt)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** The same for receipts that come one by one. Behind one that was not delivered, none of its correlation id is. */
export class Carrier {
  readonly #options: DeliverOptions
  /** What of each correlation id came last, while it is under way. */
  readonly #latest = new Map<string, Promise<void>>()

  constructor(options: DeliverOptions) {
    this.#options = options
  }

  /** Resolves when each of the receipt's messages is taken or dead. */
  async carry(receipt: Receipt): Promise<void> {
    if (receipt.messages.length === 0) return
    const { correlationid } = receipt.event
    const carried = this.#carryBehind(this.#latest.get(correlationid), receipt)
    this.#latest.set(correlationid, carried)
    await carried
    if (this.#latest.get(correlationid) === carried) this.#latest.delete(correlationid)
  }

  async #carryBehind(before: Promise<void> | undefined, receipt: Receipt): Promise<void> {
    await before
    for (const message of receipt.messages)
      await this.#options.onDelivery(await deliverOne(message, receipt, this.#options))
  }
}

async function deliverOne(message: Message, receipt: Receipt, options: DeliverOptions): Promise<Delivery> {
  const started = options.clock()
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1 || message.timeToLive > 0) {
      if (isExpired(message, receipt, options.clock()))
        return dead(message, receipt, `not taken within its time to live of ${message.timeToLive} ms`)
    }
    try {
      await options.publisher.publish(message)
      step('message.sent')
      return { status: 'taken', message, receipt, milliseconds: options.clock() - started }
    } catch (error) {
      const mayHelp = codeOf(error) === 'unavailable'
      if (!mayHelp && codeOf(error) !== 'internal' && codeOf(error) !== 'unauthorized')
        return dead(message, receipt, messageOf(error))
      if (attempt >= (options.attempts ?? Number.POSITIVE_INFINITY)) throw error
      await delay(pause(attempt), undefined, { signal: options.signal })
    }
  }
}

function isExpired(message: Message, receipt: Receipt, now: number): boolean {
  return now > Date.parse(receipt.time) + message.timeToLive
}

function dead(message: Message, receipt: Receipt, reason: string): Delivery {
  return { status: 'dead', message, receipt, reason }
}

/** Milliseconds, doubling from 50 up to 5 s. */
function pause(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt - 1, 10), 5_000)
}
