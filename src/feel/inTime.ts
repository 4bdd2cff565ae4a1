import { Script } from 'node:vm'

/** Longer than this no honest expression takes; the thread that it would keep is everybody's. Milliseconds of processor time. */
const mostMilliseconds = 1_000
/** Milliseconds of anybody's time: where others keep the processor busy, an honest expression takes longer. */
const longest = 8_000

const timed = new Script('commitbaseEvaluation()')

/**
 * Does work that may never end: V8 stops it, and it fails. Where the time went to others, it is done again with more of it; so it must
 * have no effects but its result.
 */
export function inTime<Result>(work: () => Result): Result {
  const outer = globalThis as { commitbaseEvaluation?: () => Result }
  for (let timeout = mostMilliseconds; ; timeout *= 2) {
    const before = process.threadCpuUsage()
    outer.commitbaseEvaluation = work
    try {
      return timed.runInThisContext({ timeout }) as Result
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      const { user, system } = process.threadCpuUsage(before)
      const wasStarved = user + system < (mostMilliseconds * 1_000) / 2 && timeout < longest
      if (!wasStarved) throw new Error(`it took longer than ${mostMilliseconds} ms`)
    } finally {
      delete outer.commitbaseEvaluation
    }
  }
}
