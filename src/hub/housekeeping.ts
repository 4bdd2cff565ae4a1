import { type Pruning, pruneReceipts } from '../database/pruneReceipts.ts'

export interface HousekeepingOptions extends Omit<Pruning, 'now' | 'signal'> {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly onTrouble: (error: unknown) => void
}

/** Forgets old receipts now and then, as the database's settings say. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#plan(firstPause)
  }

  /** Gives how many receipts were forgotten. */
  async run(): Promise<number> {
    const { clock, ...pruning } = this.#options
    const pruned = pruneReceipts({ ...pruning, now: clock(), signal: this.#stopped.signal })
    this.#running = pruned.catch(() => {})
    return await pruned
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #plan(pause: number): void {
    const turn = () =>
      this.run()
        .catch((error) => this.#options.onTrouble(error))
        .finally(() => this.#plan(longPause))
    if (!this.#stopped.signal.aborted) this.#timer = setTimeout(turn, pause).unref()
  }
}

/** Milliseconds: a start has enough to do, and days are long. */
const firstPause = 60_000
const longPause = 3_600_000
