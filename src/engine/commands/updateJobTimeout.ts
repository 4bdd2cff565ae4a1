import type { Response, UpdateJobTimeout } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'
import type { Job } from '../state/rows.ts'

/** A worker's time for its job begins anew, from now on. */
export function updateJobTimeout(run: Run, { jobKey, timeout }: UpdateJobTimeout): Response {
  const job = run.state.jobs.get(jobKey)
  if (job === undefined) {
    const reason = `Expected to update job deadline with key '${jobKey}', but no such job was found`
    throw new Rejected('NOT_FOUND', 'UPDATE_TIMEOUT', reason)
  }
  const refusal = refusalOfTimeout(job)
  if (refusal !== undefined) throw new Rejected('FAILED_PRECONDITION', 'UPDATE_TIMEOUT', refusal, 'INVALID_STATE')
  emit(run, { type: 'JOB_TIMEOUT_UPDATED', key: jobKey, deadline: run.now + timeout })
  return { type: 'UpdateJobTimeout' }
}

export function refusalOfTimeout({ key, state }: Job): string | undefined {
  if (state === 'ACTIVATED') return undefined
  return `Expected to update the timeout of job with key '${key}', but it is not active`
}
