import type { FinishedInstance, Key } from '../command.ts'

export interface ResultWaiter {
  close(): void
}

interface WaiterOptions {
  readonly timeout: number
  readonly signal: AbortSignal
  readonly timedOut: () => Error
  readonly resolve: (instance: FinishedInstance) => void
  readonly reject: (error: unknown) => void
}

/** Milliseconds; Node's timers fire at once when they are set for longer. */
const longestTimer = 2 ** 31 - 1

/** Callers that created an instance and wait for its result. They do not outlive the process: the instance does. */
export class ResultWaiters {
  readonly #open = new Set<Waiter>()
  readonly #byInstance = new Map<Key, Waiter>()

  /** Its time runs from now on; `expect` says later which instance it waits for. */
  open(options: WaiterOptions): ResultWaiter {
    const waiter = new Waiter(options, () => {
      this.#open.delete(waiter)
      if (waiter.instance !== undefined) this.#byInstance.delete(waiter.instance)
    })
    this.#open.add(waiter)
    return waiter
  }

  expect(instance: Key, waiter: ResultWaiter): void {
    if (!(waiter instanceof Waiter) || !this.#open.has(waiter)) return
    waiter.instance = instance
    this.#byInstance.set(instance, waiter)
  }

  /** A cancelled instance has no result: who waits for it waits until its time is over, as on the real engine. */
  finish(instance: FinishedInstance): void {
    if (instance.outcome === 'completed') this.#byInstance.get(instance.processInstanceKey)?.give(instance)
  }

  close(error: unknown): void {
    for (const waiter of [...this.#open]) waiter.fail(error)
  }
}

class Waiter implements ResultWaiter {
  instance: Key | undefined
  readonly #options: WaiterOptions
  readonly #left: () => void
  readonly #timer: NodeJS.Timeout
  readonly #giveUp = (): void => this.fail(this.#options.timedOut())

  constructor(options: WaiterOptions, left: () => void) {
    this.#options = options
    this.#left = left
    this.#timer = setTimeout(this.#giveUp, Math.min(options.timeout, longestTimer))
    options.signal.addEventListener('abort', this.#giveUp, { once: true })
  }

  give(instance: FinishedInstance): void {
    this.close()
    this.#options.resolve(instance)
  }

  fail(error: unknown): void {
    this.close()
    this.#options.reject(error)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#options.signal.removeEventListener('abort', this.#giveUp)
    this.#left()
  }
}
