import { CommitbaseError } from '../errors.ts'

/** The work took too long. It is not run again on its own: it has kept everybody waiting once. */
export class DeadlineExceeded extends CommitbaseError {}

/** What the work gives, or `unavailable` when it takes longer than that many milliseconds. The work itself is not stopped: it must notice. */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new DeadlineExceeded('unavailable', `${what} took longer than its deadline of ${milliseconds} ms`)),
    milliseconds,
  )
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
