import { messageOf } from '../errors.ts'
import { failItsRun } from '../events/handlers/strayErrors.ts'

/** A handler that does not wait for what fails has failed by itself, and the process goes on. What no handler threw ends it, as ever. */
export function outliveHandlers(say: (text: string) => void): void {
  process.on('uncaughtException', (error) => {
    if (!failItsRun(error)) throw error
    say(`a handler did not wait for what failed: ${messageOf(error)}`)
  })
}
