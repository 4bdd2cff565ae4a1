import { setTimeout as delay } from 'node:timers/promises'
import { eventKey } from '../../database/receipts/eventKey.ts'
import type { Receipt } from '../../database/receipts/receipt.ts'
import { CommitbaseError, codeOf, messageOf } from '../../errors.ts'
import type { Applied } from '../../events/applyEvent.ts'
import { eventDigest } from '../../events/digest.ts'
import type { Event } from '../../events/event.ts'
import { type EventIdentity, refuseOtherContent } from '../../events/identity.ts'
import { isSurelyNew, noteTold } from '../../events/newEvents.ts'
import { nextTurn } from '../../git/breath.ts'
import type { Journal } from '../../git/disk/journal.ts'
import { Pipeline } from '../../git/pipeline.ts'
import { readJson } from '../../readJson.ts'
import { step } from '../../step.ts'
import { type Happening, happeningOf, summaryOf } from '../happening.ts'
import { Admission } from './admission.ts'

export interface IntakeOptions {
  /** Where what cannot be applied at once is durable meanwhile. */
  readonly journal: Journal
  /**
   * Applies an event through the write door, behind those of the pipeline, and resolves when that is durable. Rejects with `conflict`
   * for a known id with other content.
   */
  readonly apply: (event: Event, pipeline: Pipeline, identity: EventIdentity) => Promise<Applied>
  /** What became of an event that was applied, by its source and id. */
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
  /** Milliseconds that an event may take before it is written to the journal (default: 200): most are applied by then. Where many come at once, their senders wait so long instead of being refused. */
  readonly patience?: number
  /** How many are handed to the write door before the first of them is durable (default: 64): the engine's saves wait behind them. */
  readonly mostUnderWay?: number
}

/**
 * Accepts events, and applies them in that order. One is acknowledged when it is durable: with what it did, or in the journal where
 * that takes a while. What a crash cut short is applied at the next start.
 */
export class Intake {
  readonly #options: IntakeOptions
  readonly #admission: Admission
  readonly #patience: number
  readonly #mostUnderWay: number
  readonly #accepted = new Map<string, Accepted>()
  #waiting: Accepted[] = []
  #entered = 0
  #running: Promise<void> | undefined
  /** Resolved when something has come in, or what was under way has ended. */
  #news = Promise.withResolvers<void>()
  #keepTimer: NodeJS.Timeout | undefined
  readonly #stopped = new AbortController()
  /** When nothing more is applied: milliseconds of `performance.now`. */
  #end = Number.POSITIVE_INFINITY

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#admission = new Admission(options.capacity)
    this.#patience = options.patience ?? 200
    this.#mostUnderWay = options.mostUnderWay ?? 64
  }

  /** Takes up what was accepted before a crash: from now on it is known, and comes first. */
  takeUp(): void {
    for (const { id, bytes } of this.#options.journal.pending()) {
      const event = readJson(bytes.toString('utf8')) as Event
      const accepted = this.#enter(event, keyOf(event))
      accepted.entry = id
      accepted.isAcknowledged = true
      accepted.durable.resolve()
      this.#waiting.push(accepted)
    }
  }

  /** Begins to apply what was taken up. */
  resume(): void {
    if (this.#waiting.length > 0) this.#running ??= this.#run()
  }

  /**
   * Resolves when the event is durable. Whether it has been applied before is seen when it is its turn, or before it is written to the
   * journal: few have.
   * Throws `conflict` for a known id with other content, `unavailable` when too many wait and it would be one more.
   */
  async accept(event: Event): Promise<void> {
    const key = keyOf(event)
    const known = this.#accepted.get(key)
    if (known) return this.#join(known, event)
    if (this.#stopped.signal.aborted) throw new CommitbaseError('unavailable', 'the hub is stopping; try again later')
    if (this.#accepted.size >= this.#admission.limit) return await this.#refuseUnlessApplied(event)
    const accepted = this.#enter(event, key)
    this.#line(accepted)
    this.#keepLater()
    await accepted.durable.promise
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
  async stop(patience: number): Promise<void> {
    this.#end = performance.now() + patience
    this.#stopped.abort()
    await this.idle()
    clearTimeout(this.#keepTimer)
    await Promise.all(this.#accepted.values().map((accepted) => this.#keep(accepted)))
  }

  async #join(known: Accepted, event: Event): Promise<void> {
    refuseOtherContent(event, known.identity.digest, eventDigest(event))
    await known.durable.promise
  }

  /** There is no room, and one that comes again needs none. */
  async #refuseUnlessApplied(event: Event): Promise<void> {
    const { size } = this.#accepted
    const receipt = isSurelyNew(event) ? undefined : await this.#findReceipt(event)
    if (!receipt || receipt.status === 'failed')
      throw new CommitbaseError('unavailable', `${size} events are waiting already; try again in a moment`)
    refuseOtherContent(event, receipt.digest, eventDigest(event))
    this.#options.tell({ type: 'accepted', event: summaryOf(event) })
    this.#options.tell({ type: 'repeated', event: summaryOf(event), milliseconds: 0 })
  }

  #enter(event: Event, key: string): Accepted {
    const accepted: Accepted = {
      number: this.#entered++,
      event,
      identity: { key, digest: eventDigest(event) },
      time: this.#options.clock(),
      since: performance.now(),
      durable: Promise.withResolvers<void>(),
      entry: 0,
      isAcknowledged: false,
      isUnderWay: false,
    }
    this.#accepted.set(key, accepted)
    return accepted
  }

  #line(accepted: Accepted): void {
    this.#waiting.push(accepted)
    this.#news.resolve()
    this.#running ??= this.#run()
  }

  #keepLater(): void {
    this.#keepTimer ??= setTimeout(() => this.#keepOld(), this.#patience)
  }

  /** Nobody waits for his answer until a slow handler has ended, his own or that of somebody before him. */
  #keepOld(): void {
    this.#keepTimer = undefined
    const now = performance.now()
    for (const accepted of this.#accepted.values()) {
      if (accepted.isAcknowledged || accepted.kept) continue
      if (now - accepted.since >= this.#patience) void this.#keep(accepted)
      else this.#keepLater()
    }
  }

  /** Makes durable what is not applied yet. Where that cannot be, and it is not being applied either, it was never accepted. */
  async #keep(accepted: Accepted): Promise<void> {
    accepted.kept ??= this.#write(accepted)
    try {
      await accepted.kept
      // It may have been refused meanwhile.
      if (this.#holds(accepted)) this.#acknowledge(accepted)
    } catch (error) {
      accepted.kept = undefined
      if (accepted.isUnderWay || !this.#holds(accepted)) return
      this.#forget(accepted)
      accepted.durable.reject(error)
    }
  }

  async #write(accepted: Accepted): Promise<void> {
    if (accepted.entry > 0) return
    const { journal } = this.#options
    await this.#refuseKnown(accepted)
    accepted.entry = await journal.append(Buffer.from(JSON.stringify(accepted.event)))
    // It may have been applied meanwhile.
    if (!this.#holds(accepted)) journal.settle(accepted.entry)
  }

  /** Who has his answer before it is his turn is told what he would be told then. Where nobody can look now, it is seen then. */
  async #refuseKnown({ event, identity }: Accepted): Promise<void> {
    const receipt = await this.#findReceipt(event)
    if (receipt) refuseOtherContent(event, receipt.digest, identity.digest)
  }

  #findReceipt({ source, id }: Event): Promise<Receipt | undefined> {
    return this.#options.findReceipt(source, id).catch(() => undefined)
  }

  #acknowledge(accepted: Accepted): void {
    if (accepted.isAcknowledged) return
    accepted.isAcknowledged = true
    step('intake.durable')
    accepted.durable.resolve()
    noteTold(accepted.event)
    this.#options.tell({ type: 'accepted', event: summaryOf(accepted.event) })
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    for (let failures = 0; this.#mayBegin(); ) {
      // A stop ends the pause, and then it is tried once more.
      const isLast = signal.aborted
      const left = await this.#applyInLine()
      failures = left.length > 0 ? failures + 1 : 0
      if (failures === 0) continue
      if (isLast) break
      await delay(pause(failures), undefined, { signal }).catch(() => {})
      if (failures < attempts) this.#waiting.unshift(...left)
      else {
        // Others go first: what fails on its own must not hold up everybody.
        this.#waiting.push(...left)
        failures = 0
      }
    }
    this.#running = undefined
  }

  #mayBegin(): boolean {
    return this.#waiting.length > 0 && performance.now() < this.#end
  }

  /** Goes on until nothing is left, or until some could not be applied and what was under way then has ended: gives those, in their order. */
  async #applyInLine(): Promise<Accepted[]> {
    const pipeline = new Pipeline()
    const left: Accepted[] = []
    let underWay = 0
    const begin = async (accepted: Accepted) => {
      if (!(await this.#apply(accepted, pipeline))) left.push(accepted)
      underWay--
      this.#admission.end(1)
      this.#options.onApplied()
      this.#news.resolve()
    }
    for (;;) {
      // What comes with the same look at the network is applied together.
      await nextTurn()
      if (this.#mayBegin() && underWay < this.#mostUnderWay && left.length === 0) {
        await this.#options.isFree()
        const some = this.#waiting.splice(0, this.#mostUnderWay - underWay)
        this.#admission.begin(some.length)
        underWay += some.length
        for (const accepted of some) void begin(accepted)
      }
      if (underWay === 0) return left.sort((one, other) => one.number - other.number)
      await this.#news.promise
      this.#news = Promise.withResolvers()
    }
  }

  /** Whether that is the end of it. */
  async #apply(accepted: Accepted, pipeline: Pipeline): Promise<boolean> {
    if (!this.#holds(accepted)) return true
    const { event, identity, time } = accepted
    accepted.isUnderWay = true
    try {
      const applied = await this.#options.apply(event, pipeline, identity)
      step('intake.applied')
      this.#settle(accepted, happeningOf(applied, this.#options.clock() - time))
      return true
    } catch (error) {
      accepted.isUnderWay = false
      if (codeOf(error) === 'conflict') this.#refuse(accepted, error)
      else await this.#delay(accepted, error)
      return !this.#holds(accepted)
    }
  }

  #settle(accepted: Accepted, happening: Happening): void {
    this.#forget(accepted)
    step('intake.settled')
    this.#acknowledge(accepted)
    this.#options.tell(happening)
  }

  /** It came before with other content: its sender is told, or everybody where he has his answer already. */
  #refuse(accepted: Accepted, error: unknown): void {
    if (!accepted.isAcknowledged) {
      this.#forget(accepted)
      accepted.durable.reject(error)
      return
    }
    const { event, time } = accepted
    const said = { code: codeOf(error), message: messageOf(error) }
    const milliseconds = this.#options.clock() - time
    this.#settle(accepted, { type: 'refused', event: summaryOf(event), error: said, milliseconds })
  }

  async #delay(accepted: Accepted, error: unknown): Promise<void> {
    await this.#keep(accepted)
    if (!this.#holds(accepted)) return
    this.#options.tell({ type: 'delayed', event: summaryOf(accepted.event), reason: messageOf(error) })
  }

  #holds(accepted: Accepted): boolean {
    return this.#accepted.get(accepted.identity.key) === accepted
  }

  #forget(accepted: Accepted): void {
    this.#accepted.delete(accepted.identity.key)
    this.#options.journal.settle(accepted.entry)
  }
}

interface Accepted {
  /** By which they are in line. */
  readonly number: number
  readonly event: Event
  readonly identity: EventIdentity
  readonly time: number
  /** Milliseconds of `performance.now`. */
  readonly since: number
  /** Settled when its sender may have his answer. */
  readonly durable: PromiseWithResolvers<void>
  /** Resolves when it is in the journal, at the place `entry`; 0 where it is not. */
  kept?: Promise<void> | undefined
  entry: number
  isAcknowledged: boolean
  isUnderWay: boolean
}

const attempts = 5

/** Milliseconds, doubling from 50. */
function pause(attempt: number): number {
  return 50 * 2 ** (attempt - 1)
}

function keyOf({ source, id }: Event): string {
  return eventKey(source, id)
}
