import type { Key } from '../command.ts'
import { Rejected, type Run } from '../run.ts'
import type { Job } from '../state.ts'

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
