import type { Key, Response, UpdateJobRetries } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'

/** Raises the retries alone: a job with an incident is free again when that is resolved. */
export function updateJobRetries(run: Run, { jobKey, retries }: UpdateJobRetries): Response {
  if (run.state.jobs.get(jobKey) === undefined) {
    throw new Rejected(
      'NOT_FOUND',
      'UPDATE_RETRIES',
      `Expected to update job with key '${jobKey}', but no such job was found`,
    )
  }
  const refusal = refusalOfRetries(jobKey, retries)
  if (refusal !== undefined) throw new Rejected('INVALID_ARGUMENT', 'UPDATE_RETRIES', refusal)
  emit(run, { type: 'JOB_RETRIES_UPDATED', key: jobKey, retries })
  return { type: 'UpdateJobRetries' }
}

export function refusalOfRetries(jobKey: Key, retries: number): string | undefined {
  if (retries < 1)
    return `Expected to update retries for job with key '${jobKey}' with a positive amount of retries, but the amount given was '${retries}'`
  return undefined
}
