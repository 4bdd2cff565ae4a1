import { messageOf } from '../errors.ts'
import type { Delivery } from '../events/messages/deliver.ts'
import type { Message, Publisher } from '../events/messages/message.ts'
import { Outbox } from '../events/messages/outbox.ts'
import { steadyClock } from '../events/steadyClock.ts'
import type { Repository } from '../git/repository.ts'
import type { Writer } from '../git/writer.ts'
import { type Happening, type MessageSummary, summaryOf } from './happening.ts'

export interface PostmanOptions {
  readonly repository: Repository
  readonly writer: Writer
  readonly tell: (happening: Happening) => void
  readonly clock: () => number
  readonly log: (message: string, error?: unknown) => void
}

/** Carries what the outbox owes to whoever takes the messages at the moment, and says what became of each. */
export class Postman {
  readonly #options: PostmanOptions
  /** By which messages grow old. */
  readonly #clock: () => number
  #outbox: Outbox | undefined
  #changing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(options: PostmanOptions) {
    this.#options = options
    this.#clock = steadyClock(options.clock)
  }

  /** Says that there may be messages to send. */
  wake(): void {
    this.#outbox?.wake()
  }

  /** From now on; the one before finishes what it has under way. */
  publishTo(publisher: Publisher): void {
    const before = this.#outbox
    this.#outbox = undefined
    this.#changing = this.#changing.then(async () => {
      await before?.stop()
      this.#outbox = this.#open(publisher)
      this.#outbox.wake()
    })
  }

  async stop(): Promise<void> {
    await this.#changing
    clearTimeout(this.#timer)
    await this.#outbox?.stop()
    clearTimeout(this.#timer)
  }

  #open(publisher: Publisher): Outbox {
    const { repository, writer, tell } = this.#options
    const clock = this.#clock
    const onDelivery = (delivery: Delivery) => tell(happeningOf(delivery))
    const onError = (error: unknown) => this.#failed(error)
    return new Outbox({ repository, writer, consumer: 'hub', publisher, clock, onDelivery, onError })
  }

  /** What is owed stays owed, and is tried again though nobody wakes the outbox. */
  #failed(error: unknown): void {
    this.#options.log(`messages cannot be sent at the moment: ${messageOf(error)}`, error)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.wake(), pause).unref()
  }
}

/** Milliseconds. */
const pause = 1_000

function happeningOf(delivery: Delivery): Happening {
  const event = summaryOf(delivery.receipt.event)
  const message = messageSummaryOf(delivery.message)
  if (delivery.status === 'dead') return { type: 'message-dead', event, message, reason: delivery.reason }
  return { type: 'message-taken', event, message, milliseconds: delivery.milliseconds }
}

function messageSummaryOf({ name, correlationKey, messageId }: Message): MessageSummary {
  return { name, correlationKey, messageId }
}
