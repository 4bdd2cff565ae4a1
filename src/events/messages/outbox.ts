import { setTimeout as delay } from 'node:timers/promises'
import { type Receipt, receiptsRef } from '../../database/receipts/receipt.ts'
import { receiptsIn } from '../../database/receipts/receipts.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import type { Writer } from '../../git/writer.ts'
import { step } from '../../step.ts'
import { type Cursor, moveCursor, readCursor } from './cursor.ts'
import { Carrier, type Delivery } from './deliver.ts'
import type { Publisher } from './message.ts'

export interface OutboxOptions {
  readonly repository: Repository
  readonly writer: Writer
  /** Whose cursor it moves. */
  readonly consumer: string
  readonly publisher: Publisher
  readonly clock: () => number
  readonly onDelivery?: (delivery: Delivery) => void
  readonly onError?: (error: unknown) => void
}

/**
 * The outbox is the receipts in the order of `seq`: it reads on from a cursor and hands the messages they owe to the engine.
 * The cursor moves after the engine has taken them, so a crash in between sends some again under the same `messageId`. A move is
 * a durable write: while messages flow there is one in `cursorPause`, unless one of them is soon forgotten by the engine.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #stopped = new AbortController()
  #cursor: Cursor | undefined
  /** The `seq` up to which all are delivered. */
  #delivered = 0
  #running: Promise<void> | undefined
  #woken = false
  /** Resolved when there may be new receipts, or some were delivered. */
  #news = Promise.withResolvers<void>()
  #cursorTimer: NodeJS.Timeout | undefined
  #saving: Promise<void> = Promise.resolve()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Says that there may be new receipts. */
  wake(): void {
    this.#woken = true
    this.#news.resolve()
    if (!this.#stopped.signal.aborted) this.#running ??= this.#run().finally(() => this.#rested())
  }

  /** Resolves when it has read all receipts there are and its cursor says so, or stands still because of the engine or an error. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
    await this.#keepCursor()
  }

  /** Stops after the messages under way, for which it waits so many milliseconds; what is owed stays owed. */
  async stop(patience = longestWait): Promise<void> {
    this.#stopped.abort()
    const over = new AbortController()
    const waited = delay(patience, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([this.#running, waited])
    over.abort()
    await this.#keepCursor()
  }

  async #run(): Promise<void> {
    try {
      this.#cursor ??= await readCursor(this.#options.repository, this.#options.consumer)
      this.#delivered = Math.max(this.#delivered, this.#cursor.seq)
      await this.#deliver()
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#options.onError?.(error)
    }
  }

  #rested(): void {
    this.#running = undefined
    if (this.#woken) this.wake()
  }

  /**
   * Hands on what there is, and what comes, without waiting for what went before; ends when all of it is delivered. Where some cannot
   * be, nothing more is read, and it throws when what was under way has ended.
   */
  async #deliver(): Promise<void> {
    const { repository, publisher, clock } = this.#options
    const { signal } = this.#stopped
    const carrier = new Carrier({ publisher, clock, signal, onDelivery: (delivery) => this.#tell(delivery) })
    const underWay: UnderWay[] = []
    const failures: unknown[] = []
    let [read, open] = [this.#delivered, 0]
    const carry = async (one: UnderWay) => {
      open++
      try {
        await carrier.carry(one.receipt)
        one.isDelivered = true
      } catch (error) {
        failures.push(error)
      }
      open--
      this.#news.resolve()
    }
    for (let isMore = true; ; ) {
      const mayRead = underWay.length <= mostUnderWay && failures.length === 0 && !signal.aborted
      if (mayRead && (isMore || this.#woken)) {
        this.#woken = false
        const page = await readReceiptsAfter(repository, read, pageSize)
        // What came behind a page that was not full has woken the outbox again.
        isMore = page.length === pageSize
        read = page.at(-1)?.seq ?? read
        for (const receipt of page) {
          const one = { receipt, isDelivered: false }
          underWay.push(one)
          void carry(one)
        }
      } else if (open > 0) {
        await this.#news.promise
        this.#news = Promise.withResolvers()
      } else if (failures.length > 0) throw failures[0]
      else return
      this.#goOn(underWay)
    }
  }

  /** Puts behind us what is delivered up to the first that is not. */
  #goOn(underWay: UnderWay[]): void {
    const first = underWay.findIndex(({ isDelivered }) => !isDelivered)
    const delivered = underWay.splice(0, first < 0 ? underWay.length : first)
    if (delivered.length === 0) return
    this.#delivered = delivered.at(-1)!.receipt.seq
    if (delivered.some(({ receipt }) => isSoonForgotten(receipt))) void this.#keepCursor()
    else this.#cursorTimer ??= setTimeout(() => void this.#keepCursor(), cursorPause).unref()
  }

  async #tell(delivery: Delivery): Promise<void> {
    if (delivery.status === 'dead') {
      await this.#options.writer.submit(async (workspace) => bury(workspace, delivery))
      step('letter.buried')
    }
    this.#options.onDelivery?.(delivery)
  }

  /** Where it fails the cursor stays behind: the next move makes up for it. */
  async #keepCursor(): Promise<void> {
    await this.#saveCursor().catch((error) => this.#options.onError?.(error))
  }

  /** One move at a time: each is built on the one before. */
  #saveCursor(): Promise<void> {
    clearTimeout(this.#cursorTimer)
    this.#cursorTimer = undefined
    this.#saving = this.#saving.catch(() => {}).then(() => this.#moveCursor())
    return this.#saving
  }

  async #moveCursor(): Promise<void> {
    const { writer, consumer } = this.#options
    const [from, seq] = [this.#cursor, this.#delivered]
    if (!from || from.seq >= seq) return
    this.#cursor = await writer.submit(async (workspace) => moveCursor(workspace, consumer, from, seq))
    step('cursor.moved')
  }
}

/** A receipt whose messages are on their way to the engine. */
interface UnderWay {
  readonly receipt: Receipt
  isDelivered: boolean
}

/** Receipts: so many may be under way when the next page is read. */
const mostUnderWay = 400
const pageSize = 200

/** Milliseconds for an engine that does not answer. */
const longestWait = 5_000

/** Milliseconds. */
const cursorPause = 100

/** Milliseconds: an engine that keeps a message for less may have forgotten it when a crash sends it again. */
const shortMemory = 10_000

function isSoonForgotten({ messages }: Receipt): boolean {
  return messages.some(({ timeToLive }) => timeToLive < shortMemory)
}

/** Up to `limit` receipts after that `seq`, in order, as they are now. */
export async function readReceiptsAfter(repository: Repository, seq: number, limit: number): Promise<Receipt[]> {
  const workspace = await Workspace.open(repository, [receiptsRef])
  return receiptsIn(workspace).after(seq, limit)
}

/** Puts a message that will never be taken among the dead letters, with the reason. */
export function bury(workspace: Workspace, { message, receipt, reason }: Delivery & { status: 'dead' }): void {
  receiptsIn(workspace).bury({ message, event: receipt.event, seq: receipt.seq, reason })
}
