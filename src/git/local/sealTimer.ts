export interface SealTimerOptions {
  readonly seal: () => Promise<void>
  /** Bytes of what each seal writes again. */
  readonly growing: () => number
  readonly isNeeded: () => boolean
  readonly onTrouble?: (error: unknown) => void
}

/**
 * Seals now and then: what lands after a while of silence at once, what comes on its heels together. A pack that grows is written
 * again with each seal: the larger it is, the seldomer, and never is more than a sixth of the time spent on it. The pause begins
 * when a seal has ended, whoever asked for it.
 */
export class SealTimer {
  readonly #options: SealTimerOptions
  #timer: NodeJS.Timeout | undefined
  /** Milliseconds of `performance.now`: when the last one ended, and how long it took. */
  #endedAt = 0
  #took = 0
  /** Seals that are under way. */
  #sealing = 0
  #isClosed = false

  constructor(options: SealTimerOptions) {
    this.#options = options
  }

  /** Something has landed. While a seal is under way nothing is begun: when it has ended it is seen what is left. */
  start(): void {
    if (this.#timer || this.#sealing > 0 || this.#isClosed) return
    const pause = Math.max(shortestPause, 5 * this.#took, this.#options.growing() / bytesPerMillisecond)
    const due = this.#endedAt + Math.min(pause, longestPause)
    this.#timer = setTimeout(() => this.#run(), Math.max(0, due - performance.now()))
    this.#timer.unref()
  }

  /** Seals at once. */
  async seal(): Promise<void> {
    this.#clear()
    this.#sealing += 1
    const started = performance.now()
    try {
      await this.#options.seal()
    } finally {
      this.#sealing -= 1
      this.#endedAt = performance.now()
      this.#took = this.#endedAt - started
      if (this.#options.isNeeded()) this.start()
    }
  }

  /** Never again by itself, also where a seal that is under way fails. */
  close(): void {
    this.#isClosed = true
    this.#clear()
  }

  async #run(): Promise<void> {
    try {
      await this.seal()
    } catch (error) {
      this.#options.onTrouble?.(error)
    }
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

/** Milliseconds between two seals that nobody asked for. */
const shortestPause = 100
const longestPause = 1_000

const bytesPerMillisecond = 8 << 10
