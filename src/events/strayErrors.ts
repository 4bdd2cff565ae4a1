import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import type { NextTurn } from './nextTurn.ts'

/** Fails the run of the user's code that is under way here, and in whatever it started. */
const fail = new AsyncLocalStorage<(error: unknown) => void>()

/**
 * What a user's code gives. It fails with what is thrown where nobody waits, too: in a timer, in a promise without `await`. For
 * that the door hands what nobody caught (the process's `uncaughtException`) to `failItsRun`.
 */
export function runGuarded<T>(run: () => T | Promise<T>, nextTurn: NextTurn = setImmediate): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  fail.run(reject, () => runToEnd(run, nextTurn).then(resolve, reject))
  return promise
}

async function runToEnd<T>(run: () => T | Promise<T>, nextTurn: NextTurn): Promise<T> {
  const result = await run()
  // Node looks for promises that failed and that nobody awaits at the end of each turn.
  await nextTurn()
  return result
}

/** Fails the run whose code threw this error, unless it has ended already. False where no user's code did. */
export function failItsRun(error: unknown): boolean {
  const failRun = fail.getStore()
  failRun?.(error)
  return failRun !== undefined
}
