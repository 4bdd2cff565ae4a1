import { CommitbaseError } from '../errors.ts'

/** The work took too long. It is not run again on its own: it has kept everybody waiting once. */
export class DeadlineExceeded extends CommitbaseError {}

/** What the work gives, or `unavailable` when it takes longer than that many milliseconds. The work itself is not stopped: it must notice. */
export function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(
    () => reject(new DeadlineExceeded('unavailable', `${what} took longer than its deadline of ${milliseconds} ms`)),
    milliseconds,
  )
  const inTime = <Value>(settle: (value: Value) => void) => {
    return (value: Value) => {
      clearTimeout(timer)
      settle(value)
    }
  }
  work.then(inTime(resolve), inTime(reject))
  return promise
}
