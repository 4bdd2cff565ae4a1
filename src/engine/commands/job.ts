import type { Key } from '../command.ts'
import { Rejected, type Run } from '../run.ts'
import type { Job } from '../state/rows.ts'

/** Zeebe's limit. */
const longestMessage = 10_000

/** What a worker says of an error, cut where it is too long. */
export function shortened(errorMessage: string): string {
  return errorMessage.length > longestMessage ? `${errorMessage.slice(0, longestMessage)}...` : errorMessage
}

/** The job that a worker answers: one that failed for good or threw an error waits for an operator instead. */
export function answerableJob(run: Run, key: Key, command: string, action: string): Job {
  const job = run.state.jobs.get(key)
  if (job === undefined) {
    throw new Rejected('NOT_FOUND', command, `Expected to ${action} job with key '${key}', but no such job was found`)
  }
  if (job.state === 'ACTIVATABLE' || job.state === 'ACTIVATED') return job
  throw new Rejected(
    'FAILED_PRECONDITION',
    command,
    `Expected to ${action} job with key '${key}', but it is in state '${job.state}'`,
    'INVALID_STATE',
  )
}
