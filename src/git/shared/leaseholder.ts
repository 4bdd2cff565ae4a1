import { codeOf } from '../../errors.ts'
import type { GitObject, Oid } from '../objects/object.ts'
import type { RefUpdate, SharedRepository } from '../repository.ts'
import { Turns } from '../turns.ts'
import type { InboxView } from './inbox.ts'
import { decodeLease, encodeLease, type Lease, leaseRef, leasesOf, raise } from './lease.ts'

export interface LeaseholderOptions {
  readonly repository: SharedRepository
  /** Who this writer is: no other has ever had the same. */
  readonly holder: string
  /** Milliseconds that only go forward, from anywhere. */
  readonly monotonic: () => number
  /** Rejects when the signal comes before its time. */
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>
}

/** A lease's move, for a push: it fails as a whole, or leaves the lease alone, where that is not what was seen. */
export interface LeaseMove {
  readonly update: RefUpdate
  readonly blob: GitObject | null
}

/** One writer's side of the lease: whether it has it, and its moves. */
export class Leaseholder {
  readonly #options: LeaseholderOptions
  #own: ReadonlyMap<Oid, Lease> | undefined
  #last: Lease
  /** When the lease moved to us, at the earliest. */
  #movedAt = 0
  #lookedAt = 0
  #held: Oid | undefined
  readonly #renewals = new Turns()

  constructor(options: LeaseholderOptions) {
    this.#options = options
    this.#last = { holder: options.holder, counter: 0 }
  }

  /** Whether the refs, looked at just now, say that the lease is ours. */
  holds({ lease }: InboxView): boolean {
    const now = this.#options.monotonic()
    const own = this.#ownAt(lease)
    if (own && lease !== this.#held) this.#keep(own, lease!, this.#lookedAt)
    if (!own) this.#held = undefined
    this.#lookedAt = now
    return own !== undefined
  }

  /** From what was seen to the next holder; `null` to nobody. */
  move(from: Oid | null, holder: string | null): LeaseMove {
    const blob = holder === null ? null : encodeLease(raise(this.#last, holder))
    return { update: { ref: leaseRef, from, to: blob?.oid ?? null }, blob }
  }

  /** To us, for a push that we make now. */
  claim(from: Oid | null): LeaseMove & { readonly blob: GitObject } {
    this.#lookedAt = this.#options.monotonic()
    const { update, blob } = this.move(from, this.#options.holder)
    return { update, blob: blob! }
  }

  /** One push that moves the lease alone. False where somebody else moved it first. */
  async push({ update, blob }: LeaseMove): Promise<boolean> {
    const started = this.#options.monotonic()
    const { moved } = await this.#options.repository.landEach(blob ? [blob] : [], [update])
    const own = this.#ownAt(update.to)
    if (own && moved.has(leaseRef)) this.#keep(own, update.to!, started)
    return moved.has(leaseRef)
  }

  /**
   * Who has it; nobody where nobody does, or it cannot be read any more. Our leases count on from it: handed back to that holder, it
   * would look as if it had stood still.
   */
  async holderOf({ lease }: InboxView): Promise<string | undefined> {
    if (lease === null) return undefined
    try {
      const [blob] = await this.#options.repository.read([lease])
      const found = decodeLease(blob!)
      if (found) this.#last = found
      return found?.holder
    } catch (error) {
      if (codeOf(error) === 'not_found') return undefined
      throw error
    }
  }

  /** Gives a sign of life, where the lease is still ours. */
  renew(): Promise<void> {
    return this.#renewals.take(async () => {
      if (this.#held === undefined) return
      if (!(await this.push(this.claim(this.#held)))) this.#held = undefined
    })
  }

  /** Does the work, and gives a sign of life whenever the lease has stood still for ten seconds. */
  async keepDuring<T>(work: () => Promise<T>): Promise<T> {
    const ended = new AbortController()
    const renewing = this.#renewUntil(ended.signal)
    try {
      return await work()
    } finally {
      ended.abort()
      await renewing
    }
  }

  async #renewUntil(signal: AbortSignal): Promise<void> {
    const { delay, monotonic } = this.#options
    try {
      while (this.#held !== undefined && !signal.aborted) {
        await delay(Math.max(this.#movedAt + renewal - monotonic(), 0), signal)
        await this.renew()
      }
    } catch {
      // Without it others may take the lease: then the push of the work fails, and says so.
    }
  }

  #ownAt(oid: Oid | null): Lease | undefined {
    if (oid === null) return undefined
    this.#own ??= leasesOf(this.#options.holder)
    return this.#own.get(oid)
  }

  #keep(lease: Lease, oid: Oid, since: number): void {
    this.#last = lease
    this.#held = oid
    this.#movedAt = since
  }
}

/** Milliseconds. */
const renewal = 10_000
