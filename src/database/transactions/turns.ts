import { CommitbaseError } from '../../errors.ts'
import { Answer } from './answer.ts'

/** The calls of one transaction, one after the other, also where their caller does not wait for them. */
export class Turns {
  readonly #failures: { readonly answer: Answer<unknown>; readonly error: unknown }[] = []
  #last: Promise<unknown> = Promise.resolve()
  #finished = false

  /** Runs after the calls before it. A caller that does not wait for it cannot bring the process down: `finish` throws instead. */
  next<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#finished)
      return Promise.reject(new CommitbaseError('unavailable', 'the transaction has ended; this call came too late'))
    const result = this.#last.then(work)
    const answer = Answer.of(result)
    this.#last = result.catch((error) => this.#failures.push({ answer, error }))
    return answer
  }

  /** Takes what was given as it is now, though the call's turn may come when its caller has changed it. What is wrong with it is the call's error. */
  take<G, T>(take: () => G, work: (given: G) => T | Promise<T>): Promise<T> {
    try {
      const given = take()
      return this.next(() => work(given))
    } catch (error) {
      return this.next(() => Promise.reject(error))
    }
  }

  /** Waits for the calls under way, and throws what one of them throws that nobody waits for. */
  async finish(): Promise<void> {
    this.#finished = true
    await this.#last
    const lost = this.#failures.find(({ answer }) => !answer.isAwaited)
    if (lost) throw lost.error
  }
}
