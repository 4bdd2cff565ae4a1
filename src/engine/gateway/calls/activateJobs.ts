import type { ActivatedJob } from '../../command.ts'
import { largestReply } from '../../commands/activateJobs.ts'
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
  for (const replies of split(jobs)) {
    const sent = await send({ jobs: replies.map(({ reply }) => reply) })
    if (!sent)
      await giveBack(
        context.runtime,
        replies.map(({ job }) => job),
      )
  }
}

interface Part {
  job: ActivatedJob
  reply: ActivatedJobReply
}

function split(jobs: readonly ActivatedJob[]): Part[][] {
  const replies: Part[][] = []
  let room = 0
  for (const job of jobs) {
    const reply = jobReply(job)
    const size = sizeOf(reply)
    if (replies.length === 0 || size > room) {
      replies.push([])
      room = largestReply
    }
    replies.at(-1)!.push({ job, reply })
    room -= size
  }
  return replies
}

/** Bytes on the wire, at most: texts, and 200 for the numbers and the fields' heads. */
function sizeOf(reply: ActivatedJobReply): number {
  const texts = [reply.variables, reply.customHeaders, reply.type, reply.worker, reply.elementId, reply.bpmnProcessId]
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 200)
}
