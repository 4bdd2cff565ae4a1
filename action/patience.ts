import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, messageOf } from '../src/errors.ts'
import type { Request } from './inputs.ts'

/**
 * Does what a step does on its repository again where the server could not be reached, or answered that it cannot at the moment.
 * That is safe whatever became of the first try: what has landed is known by its event. What only speaks to the engine is tried
 * once: an instance that was started twice would be two.
 */
export async function patiently<T>(work: () => Promise<T>, request: Request, say: (text: string) => void): Promise<T> {
  const isSafe = request.kind === 'operation' || request.kind === 'handlers' || request.kind === 'resend'
  for (const pause of isSafe ? pauses : []) {
    try {
      return await work()
    } catch (error) {
      if (codeOf(error) !== 'unavailable') throw error
      say(`${messageOf(error)}; again in ${pause / 1_000} s`)
      await delay(pause)
    }
  }
  return await work()
}

/** Milliseconds. A run that still fails is red, and can be run again. */
const pauses = [1_000, 4_000]
