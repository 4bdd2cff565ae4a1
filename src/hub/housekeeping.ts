export interface HousekeepingOptions {
  /** What is done now and then, one after the other, whatever becomes of the others. Ends early when it is told to. */
  readonly chores: readonly ((signal: AbortSignal) => Promise<unknown>)[]
  readonly onTrouble: (error: unknown) => void
}

/** Forgets what is old, now and then, as the database's settings say. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#plan(firstPause)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #plan(pause: number): void {
    const turn = () => {
      this.#running = this.#run().finally(() => this.#plan(longPause))
    }
    if (!this.#stopped.signal.aborted) this.#timer = setTimeout(turn, pause).unref()
  }

  async #run(): Promise<void> {
    const { chores, onTrouble } = this.#options
    for (const chore of chores) await chore(this.#stopped.signal).catch(onTrouble)
  }
}

/** Milliseconds: a start has enough to do, and days are long. */
const firstPause = 60_000
const longPause = 3_600_000
