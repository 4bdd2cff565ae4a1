import { AsyncLocalStorage } from 'node:async_hooks'
import { nextTurn as ownRound } from '../../git/breath.ts'
import type { Deadline } from './deadline.ts'
import type { NextTurn } from './shareRounds.ts'

/** Fails the run of the user's code that is under way here, and in whatever it started. */
const fail = new AsyncLocalStorage<(error: unknown) => void>()

/**
 * What a user's code gives. It fails with what is thrown where nobody waits, too: in a timer, in a promise without `await`. For
 * that the door hands what nobody caught (the process's `uncaughtException`) to `failItsRun`. And it fails at its deadline.
 */
export function runGuarded<T>(
  run: () => T | Promise<T>,
  nextTurn: NextTurn = ownRound,
  deadline?: Deadline,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const end = async () => {
    let hasEnded = false
    const work = Promise.resolve(run())
    work.then(
      () => {
        hasEnded = true
      },
      (error) => {
        hasEnded = true
        reject(error)
      },
    )
    // Node looks for promises that failed and that nobody awaits at the end of each turn.
    await nextTurn()
    if (hasEnded) deadline?.check()
    else {
      // Most end in the turn in which they begin: no clock is set for them.
      deadline?.watch(promise, reject)
      await work
      await nextTurn()
    }
    return await work
  }
  fail.run(reject, () => end().then(resolve, reject))
  return promise
}

/** Fails the run whose code threw this error, unless it has ended already. False where no user's code did. */
export function failItsRun(error: unknown): boolean {
  const failRun = fail.getStore()
  failRun?.(error)
  return failRun !== undefined
}
