import { type ActivatedJobReply, jobReply } from '../activatedJob.ts'
import type { StreamingCall } from '../context.ts'
import { giveBack } from '../giveBack.ts'
import { Status } from '../status.ts'
import { checkTenant } from '../tenant.ts'

interface StreamActivatedJobsRequest {
  type: string
  worker: string
  timeout: number
  fetchVariable: string[]
  tenantIds: string[]
}

/** Jobs that a stream takes at once, before the next in line is served. */
const jobsAtOnce = 32

/** Jobs as they come, until the caller leaves: a poll after the other, each at the end of the line. */
export const streamActivatedJobs: StreamingCall<StreamActivatedJobsRequest, ActivatedJobReply> = async (
  request,
  { runtime, signal },
  send,
) => {
  check(request)
  const { type: jobType, worker, timeout, fetchVariable: fetchVariables } = request
  const command = {
    type: 'ActivateJobs',
    jobType,
    worker,
    timeout,
    maxJobsToActivate: jobsAtOnce,
    fetchVariables,
  } as const
  while (!signal.aborted) {
    const jobs = await runtime.poll(command, { wait: Infinity, signal })
    for (const job of jobs) if (!(await send(jobReply(job)))) await giveBack(runtime, [job])
  }
}

function check({ type, timeout, tenantIds }: StreamActivatedJobsRequest): void {
  checkTenant('StreamActivatedJobs', ...tenantIds)
  if (type.trim() === '') {
    throw new Status('INVALID_ARGUMENT', 'Expected to stream activated jobs with type to be present, but it was blank')
  }
  if (timeout < 1) {
    const message = `Expected to stream activated jobs with timeout to be greater than zero, but it was ${timeout}`
    throw new Status('INVALID_ARGUMENT', message)
  }
}
