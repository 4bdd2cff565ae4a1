import { type ActivatedJobReply, jobReply } from '../activatedJob.ts'
import type { StreamingCall } from '../context.ts'
import { giveBack } from '../giveBack.ts'
import { checkTenant } from '../tenant.ts'

interface ActivateJobsRequest {
  type: string
  worker: string
  timeout: number
  maxJobsToActivate: number
  fetchVariable: string[]
  requestTimeout: number
  tenantIds: string[]
}

interface ActivateJobsResponse {
  jobs: ActivatedJobReply[]
}

/** Milliseconds that a call waits which names no time; Zeebe's default. */
const defaultWait = 10_000

/** Jobs that could not be sent, because the caller left, are there for the next worker at once. */
export const activateJobs: StreamingCall<ActivateJobsRequest, ActivateJobsResponse> = async (
  request,
  context,
  send,
) => {
  checkTenant('ActivateJobs', ...request.tenantIds)
  const wait = request.requestTimeout === 0 ? defaultWait : request.requestTimeout
  const command = {
    type: 'ActivateJobs',
    jobType: request.type,
    worker: request.worker,
    timeout: request.timeout,
    maxJobsToActivate: request.maxJobsToActivate,
    fetchVariables: request.fetchVariable,
  } as const
  const jobs = await context.runtime.poll(command, { wait, signal: context.signal })
  if (jobs.length > 0 && !(await send({ jobs: jobs.map(jobReply) }))) await giveBack(context.runtime, jobs)
}
