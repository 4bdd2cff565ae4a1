import { CommitbaseError } from '../errors.ts'

/** The work took too long. It is not run again on its own: it has kept everybody waiting once. */
export class DeadlineExceeded extends CommitbaseError {}

/** Nobody waits for the work any more, whatever it would have given: it is done again later. */
export class GivenUp extends CommitbaseError {
  constructor() {
    super('unavailable', 'it was given up when everything was stopped; it is done at the next start')
  }
}

/**
 * What the work gives, or `unavailable` when it takes longer than that many milliseconds, and `GivenUp` where the signal comes before.
 * The work itself is not stopped: it must notice.
 */
export function withDeadline<T>(
  work: Promise<T>,
  milliseconds: number,
  what: string,
  signal?: AbortSignal,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(
    () => reject(new DeadlineExceeded('unavailable', `${what} took longer than its deadline of ${milliseconds} ms`)),
    milliseconds,
  )
  const giveUp = () => reject(new GivenUp())
  signal?.addEventListener('abort', giveUp)
  const inTime = <Value>(settle: (value: Value) => void) => {
    return (value: Value) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      settle(value)
    }
  }
  work.then(inTime(resolve), inTime(reject))
  return promise
}
