import { setTimeout as delay } from 'node:timers/promises'
import { eventKey } from '../database/receipts/eventKey.ts'
import type { Receipt } from '../database/receipts/receipt.ts'
import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import type { Applied } from '../events/applyEvent.ts'
import { eventDigest } from '../events/digest.ts'
import type { Event } from '../events/event.ts'
import type { Journal } from '../git/disk/journal.ts'
import { step } from '../step.ts'
import { Admission } from './admission.ts'
import { type Happening, summaryOf } from './happening.ts'

export interface IntakeOptions {
  /** Where what was accepted is durable before it is applied. */
  readonly journal: Journal
  /** Applies an event through the write door. Rejects with `conflict` for a known id with other content. */
  readonly apply: (event: Event) => Promise<Applied>
  readonly findReceipt: (source: string, id: string) => Promise<Receipt | undefined>
  readonly tell: (happening: Happening) => void
  /** Resolves when the branch may move. */
  readonly isFree: () => Promise<void>
  /** Called when events were applied: there may be messages to send. */
  readonly onApplied: () => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** How many events may wait. */
  readonly capacity: number
}

/** Accepts events: durable first, then applied in the order of acceptance. What a crash cut short is applied at the next start. */
export class Intake {
  readonly #options: IntakeOptions
  readonly #admission: Admission
  readonly #accepted = new Map<string, Accepted>()
  #waiting: Accepted[] = []
  #running: Promise<void> | undefined
  readonly #stopped = new AbortController()
  /** When nothing more is applied: milliseconds of `performance.now`. */
  #end = Number.POSITIVE_INFINITY

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#admission = new Admission(options.capacity)
  }

  /** Takes up what was accepted before a crash. */
  resume(): void {
    for (const { id, bytes } of this.#options.journal.pending()) {
      const event: Event = JSON.parse(bytes.toString('utf8'))
      const accepted = this.#enter(event)
      this.#line(accepted, id)
    }
  }

  /**
   * Resolves when the event is durable, or has been applied before. `named`: its sender chose its id, so it may be known.
   * Throws `conflict` for a known id with other content, `unavailable` when too many wait.
   */
  async accept(event: Event, named: boolean): Promise<void> {
    if (named && (await this.#isDone(event))) return
    const known = this.#accepted.get(keyOf(event))
    if (known) return this.#join(known, event)
    this.#refuseWhenFull()
    const accepted = this.#enter(event)
    accepted.durable = this.#options.journal.append(Buffer.from(JSON.stringify(event)))
    try {
      this.#line(accepted, await accepted.durable)
      step('intake.durable')
    } catch (error) {
      this.#accepted.delete(accepted.key)
      throw error
    }
    this.#options.tell({ type: 'accepted', event: summaryOf(event) })
  }

  /** Whether the event is accepted and not yet applied. */
  has(source: string, id: string): boolean {
    return this.#accepted.has(eventKey(source, id))
  }

  /** Resolves when nothing that was accepted is left to apply. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  /**
   * Takes no more and applies what it has, for so many milliseconds and then until the batch under way is done. What cannot be
   * applied now stays in the journal.
   */
  async stop(patience = longestStop): Promise<void> {
    this.#end = performance.now() + patience
    this.#stopped.abort()
    await this.idle()
  }

  async #isDone(event: Event): Promise<boolean> {
    const receipt = await this.#options.findReceipt(event.source, event.id)
    if (!receipt) return false
    refuseOtherContent(event, receipt.digest)
    if (receipt.status === 'failed') return false
    this.#options.tell({ type: 'repeated', event: summaryOf(event), milliseconds: 0 })
    return true
  }

  async #join(known: Accepted, event: Event): Promise<void> {
    refuseOtherContent(event, known.digest)
    await known.durable
  }

  #refuseWhenFull(): void {
    if (this.#stopped.signal.aborted) throw new CommitbaseError('unavailable', 'the hub is stopping; try again later')
    const { size } = this.#accepted
    if (size < this.#admission.limit) return
    throw new CommitbaseError('unavailable', `${size} events are waiting already; try again in a moment`)
  }

  #enter(event: Event): Accepted {
    const accepted = { event, key: keyOf(event), digest: eventDigest(event), time: this.#options.clock(), entry: 0 }
    this.#accepted.set(accepted.key, accepted)
    return accepted
  }

  #line(accepted: Accepted, entry: number): void {
    accepted.entry = entry
    this.#waiting.push(accepted)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    // What is lined up in the same turn is applied together.
    await Promise.resolve()
    while (this.#waiting.length > 0 && performance.now() < this.#end) {
      const left = await this.#applyBatch(this.#waiting.splice(0, batchSize))
      if (left.length > 0 && this.#stopped.signal.aborted) break
      // Others go first: what fails on its own must not hold up everybody.
      this.#waiting.push(...left)
    }
    this.#running = undefined
  }

  /** Gives those that could not be applied. */
  async #applyBatch(batch: readonly Accepted[]): Promise<Accepted[]> {
    let left = [...batch]
    await this.#options.isFree()
    for (let attempt = 1; ; attempt++) {
      this.#admission.begin(left.length)
      const done = await Promise.all(left.map((accepted) => this.#apply(accepted)))
      this.#admission.end()
      left = left.filter((_, index) => !done[index])
      this.#options.onApplied()
      if (left.length === 0) return []
      await delay(pause(attempt), undefined, { signal: this.#stopped.signal }).catch(() => {})
      if (attempt >= attempts || this.#stopped.signal.aborted) return left
    }
  }

  /** Whether that is the end of it. */
  async #apply(accepted: Accepted): Promise<boolean> {
    const { event, time } = accepted
    try {
      const applied = await this.#options.apply(event)
      step('intake.applied')
      this.#settle(accepted, happeningOf(applied, this.#options.clock() - time))
      return true
    } catch (error) {
      const { code, message } = { code: codeOf(error), message: messageOf(error) }
      if (code !== 'conflict') {
        this.#options.tell({ type: 'delayed', event: summaryOf(event), reason: message })
        return false
      }
      const milliseconds = this.#options.clock() - time
      this.#settle(accepted, { type: 'refused', event: summaryOf(event), error: { code, message }, milliseconds })
      return true
    }
  }

  #settle(accepted: Accepted, happening: Happening): void {
    this.#accepted.delete(accepted.key)
    this.#options.journal.settle(accepted.entry)
    step('intake.settled')
    this.#options.tell(happening)
  }
}

interface Accepted {
  readonly event: Event
  readonly key: string
  readonly digest: string
  readonly time: number
  /** Its place in the journal. */
  entry: number
  durable?: Promise<number>
}

const batchSize = 100

/** Milliseconds in which a stop applies what was accepted; what is left is in the journal, and applied at the next start. */
const longestStop = 10_000
const attempts = 5

/** Milliseconds, doubling from 50. */
function pause(attempt: number): number {
  return 50 * 2 ** (attempt - 1)
}

function keyOf({ source, id }: Event): string {
  return eventKey(source, id)
}

function refuseOtherContent(event: Event, digest: string): void {
  const now = eventDigest(event)
  if (digest === now) return
  throw new CommitbaseError(
    'conflict',
    `event '${event.id}' of ${event.source} came before with other content (digest ${digest}, now ${now}); give a new event an id of its own`,
  )
}

/** `milliseconds` since the event was accepted. */
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
