import { CommitbaseError } from '../../errors.ts'

/** The work took too long. It is not run again on its own: it has kept everybody waiting once. */
export class DeadlineExceeded extends CommitbaseError {}

/** Nobody waits for the work any more, whatever it would have given: it is done again later. */
export class GivenUp extends CommitbaseError {
  constructor() {
    super('unavailable', 'it was given up when everything was stopped; it is done at the next start')
  }
}

/** How long work that begins now may take, and a signal that nobody waits for it any more. The work itself is not stopped: it must notice. */
export class Deadline {
  readonly #milliseconds: number
  readonly #what: string
  readonly #signal: AbortSignal | undefined
  readonly #began = performance.now()

  /** `what` it is that takes too long then, as it is told. */
  constructor(milliseconds: number, what: string, signal?: AbortSignal) {
    this.#milliseconds = milliseconds
    this.#what = what
    this.#signal = signal
  }

  /** Throws where the time is over or the signal has come. */
  check(): void {
    if (this.#signal?.aborted) throw new GivenUp()
    if (this.#left() < 0) throw this.#exceeded()
  }

  /** Calls `fail` as soon as the time is over or the signal comes, unless the work has ended by then. */
  watch(work: Promise<unknown>, fail: (error: Error) => void): void {
    const signal = this.#signal
    const timer = setTimeout(() => fail(this.#exceeded()), this.#left())
    const giveUp = () => fail(new GivenUp())
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp)
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
    work.then(end, end)
  }

  #left(): number {
    return this.#milliseconds - (performance.now() - this.#began)
  }

  #exceeded(): DeadlineExceeded {
    const words = `${this.#what} took longer than its deadline of ${this.#milliseconds} ms`
    return new DeadlineExceeded('unavailable', words)
  }
}
