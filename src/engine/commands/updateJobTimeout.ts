import type { Response, UpdateJobTimeout } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'

/** A worker's time for its job begins anew, from now on. */
export function updateJobTimeout(run: Run, { jobKey, timeout }: UpdateJobTimeout): Response {
  const job = run.state.jobs.get(jobKey)
  if (job === undefined) {
    const reason = `Expected to update job deadline with key '${jobKey}', but no such job was found`
    throw new Rejected('NOT_FOUND', 'UPDATE_TIMEOUT', reason)
  }
  if (job.state !== 'ACTIVATED') {
    const reason = `Expected to update the timeout of job with key '${jobKey}', but it is not active`
    throw new Rejected('FAILED_PRECONDITION', 'UPDATE_TIMEOUT', reason, 'INVALID_STATE')
  }
  emit(run, { type: 'JOB_TIMEOUT_UPDATED', key: jobKey, deadline: run.now + timeout })
  return { type: 'UpdateJobTimeout' }
}
