import { setImmediate } from 'node:timers/promises'

/**
 * A clock that goes on when everybody waits, to the moment at which the next one goes on. Of those who wait for the same moment
 * the random numbers say who is first: the same seed gives the same order.
 */
export class VirtualTime {
  readonly #random: () => number
  readonly #timers = new Set<Timer>()
  #now = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** Milliseconds. */
  readonly now = (): number => this.#now

  /** Rejects when the signal comes before its time. */
  readonly delay = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const timer: Timer = { at: this.#now + milliseconds, order: this.#random(), wake: resolve }
      this.#timers.add(timer)
      signal?.addEventListener('abort', () => {
        if (this.#timers.delete(timer)) reject(signal.reason)
      })
    })

  /** What the work gives, which waits for nothing else than this clock. Throws where it would wait for ever, or for longer than the limit. */
  async run<T>(work: Promise<T>, limit = 24 * 3_600_000): Promise<T> {
    let isDone = false
    const done = () => {
      isDone = true
    }
    work.then(done, done)
    for (;;) {
      await setImmediate()
      if (isDone) return await work
      const next = this.#next()
      if (!next) throw new Error('all wait, and nothing will wake them')
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      if (this.#now > limit) throw new Error(`it took longer than ${limit} ms`)
      next.wake()
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers)
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    return first
  }
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}
