import { Script } from 'node:vm'

export interface TimeLimits {
  /** Milliseconds of processor time that the work may take. */
  readonly most: number
  /** Milliseconds: where others kept the processor busy so long and longer, it is not tried again with twice as many. */
  readonly again: number
  /** Told of the processor time of each try, in milliseconds. */
  readonly onSpent?: (milliseconds: number) => void
}

/** The work did not come to its end. */
export class TookTooLong extends Error {
  constructor(most: number) {
    super(`it took longer than ${most} ms`)
  }
}

const timed = new Script('commitbaseWork()')

/**
 * Does work that may never end, while nobody else has a turn: V8 stops it, and `TookTooLong` is thrown. Where the time went to others,
 * it is done again with more of it; so it must have no effects but its result.
 */
export function inTime<Result>(work: () => Result, { most, again, onSpent }: TimeLimits): Result {
  const outer = globalThis as { commitbaseWork?: () => Result }
  for (let timeout = most; ; timeout *= 2) {
    const before = process.threadCpuUsage()
    let used: number | undefined
    outer.commitbaseWork = work
    try {
      return timed.runInThisContext({ timeout }) as Result
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      used = millisecondsSince(before)
      if (used > most / 2 || timeout > again) throw new TookTooLong(most)
    } finally {
      delete outer.commitbaseWork
      onSpent?.(used ?? millisecondsSince(before))
    }
  }
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
