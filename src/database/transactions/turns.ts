import { CommitbaseError } from '../../errors.ts'
import type { Soon } from '../../git/soon.ts'
import { Answer } from './answer.ts'

/** The calls of one transaction, one after the other, also where their caller does not wait for them. */
export class Turns {
  readonly #failures: { readonly answer: Answer<unknown>; readonly error: unknown }[] = []
  /** Ends when the calls that are under way have ended; nothing where none is. */
  #last: Promise<unknown> | undefined
  #finished = false

  /**
   * Runs after the calls before it, at once where none is under way. A caller that does not wait for it cannot bring the process
   * down: `finish` throws instead.
   */
  next<T>(work: () => Soon<T>): Promise<T> {
    if (this.#finished)
      return Promise.reject(new CommitbaseError('unavailable', 'the transaction has ended; this call came too late'))
    if (this.#last) return this.#follow(this.#last.then(work))
    try {
      const result = work()
      return result instanceof Promise ? this.#follow(result) : Promise.resolve(result)
    } catch (error) {
      return this.#follow(Promise.reject(error))
    }
  }

  /** Takes what was given as it is now, though the call's turn may come when its caller has changed it. What is wrong with it is the call's error. */
  take<G, T>(take: () => G, work: (given: G) => Soon<T>): Promise<T> {
    try {
      const given = take()
      return this.next(() => work(given))
    } catch (error) {
      return this.next(() => Promise.reject(error))
    }
  }

  /** Waits for the calls under way, and throws what one of them throws that nobody waits for. */
  finish(): Soon<void> {
    this.#finished = true
    return this.#last ? this.#last.then(() => this.#throwLost()) : this.#throwLost()
  }

  #throwLost(): void {
    const lost = this.#failures.find(({ answer }) => !answer.isAwaited)
    if (lost) throw lost.error
  }

  #follow<T>(result: Promise<T>): Promise<T> {
    const answer = Answer.of(result)
    const last: Promise<void> = result
      .catch((error) => void this.#failures.push({ answer, error }))
      .then(() => {
        if (this.#last === last) this.#last = undefined
      })
    this.#last = last
    return answer
  }
}
