import type { ActivateJobs } from '../command.ts'
import { defaultTenant } from '../tenant.ts'
import { jobValue } from './job.ts'
import type { RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const jobBatchRecords = {
  JOBS_ACTIVATED: ({ key, jobs }, { state, command }) => {
    const value = {
      ...batchValue(command as ActivateJobs),
      jobKeys: jobs.map((job) => job.key),
      jobs: jobs.map(({ key: jobKey, variables }) => jobValue(state.jobs.get(jobKey)!, { variables })),
    }
    return [{ valueType: 'JOB_BATCH', intent: 'ACTIVATED', key, value }]
  },
} satisfies Partial<RecordsOf>

export function jobBatchCommand(command: ActivateJobs): Draft {
  return { valueType: 'JOB_BATCH', intent: 'ACTIVATE', key: -1, value: batchValue(command) }
}

function batchValue({ jobType, worker, timeout, maxJobsToActivate }: ActivateJobs): Value {
  return {
    type: jobType,
    worker,
    timeout,
    maxJobsToActivate,
    jobKeys: [],
    jobs: [],
    truncated: false,
    tenantIds: [defaultTenant],
  }
}
