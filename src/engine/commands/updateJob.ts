import type { Response, UpdateJob } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'
import { refusalOfRetries } from './updateJobRetries.ts'
import { refusalOfTimeout } from './updateJobTimeout.ts'

/** Both, what is given of them, or neither: what is wrong with them is told together. */
export function updateJob(run: Run, { jobKey, retries, timeout }: UpdateJob): Response {
  const job = run.state.jobs.get(jobKey)
  if (job === undefined) {
    const reason = `Expected to update job with key '${jobKey}', but no such job was found`
    throw new Rejected('NOT_FOUND', 'UPDATE', reason)
  }
  const refusals = [
    retries === undefined ? undefined : refusalOfRetries(jobKey, retries),
    timeout === undefined ? undefined : refusalOfTimeout(job),
  ].filter((refusal) => refusal !== undefined)
  if (refusals.length > 0) throw new Rejected('INVALID_ARGUMENT', 'UPDATE', refusals.join(', '))
  const changes = {
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { deadline: run.now + timeout }),
  }
  emit(run, { type: 'JOB_UPDATED', key: jobKey, changes })
  return { type: 'UpdateJob' }
}
