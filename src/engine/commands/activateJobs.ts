import type { ActivatedJob, ActivateJobs, Response } from '../command.ts'
import { raiseIncident } from '../incidents.ts'
import { emit, nextKey, note, Rejected, type Run } from '../run.ts'
import type { Job } from '../state/rows.ts'
import { visibleVariables } from '../variables/variables.ts'

/** Bytes of the jobs of one reply: below the 4 MiB that a gRPC client takes, with room for what is around them. */
const largestReply = (4 * 1024 - 32) * 1024

/** Bytes of the poller's own name, which each of its jobs carries. Zeebe has no such bound: there a long name makes jobs incidents. */
const largestWorker = 32 * 1024

/** Bytes of a job without that name, so that one that is not too large fits into a reply, whoever asks. */
const largestJob = largestReply - largestWorker

/**
 * Hands out jobs of a type, the oldest first, as many as a reply holds: the others are there for who asks next. One that no client
 * could take is an incident instead.
 */
export function activateJobs(run: Run, command: ActivateJobs): Response {
  check(command)
  const jobs: ActivatedJob[] = []
  const workerSize = Buffer.byteLength(command.worker)
  let room = largestReply
  while (jobs.length < command.maxJobsToActivate) {
    const [job] = run.state.jobs.each('activatable', command.jobType)
    if (job === undefined) break
    const deadline = run.now + command.timeout
    const activated = activatedJob(run, job, command, deadline)
    const size = sizeOf(activated)
    if (size > largestJob) disable(run, job, size)
    else if (size + workerSize > room) break
    else {
      room -= size + workerSize
      emit(run, { type: 'JOB_ACTIVATED', key: job.key, worker: command.worker, deadline })
      jobs.push(activated)
    }
  }
  if (run.recording !== undefined && jobs.length > 0) note(run, { type: 'JOBS_ACTIVATED', key: nextKey(run), jobs })
  return { type: 'ActivateJobs', jobs }
}

/** Bytes on the wire without the worker's name, at most: texts, and 200 for the numbers and the fields' heads. */
function sizeOf({ variables, customHeaders, type, elementId, bpmnProcessId }: ActivatedJob): number {
  const texts = [JSON.stringify(variables), JSON.stringify(customHeaders), type, elementId, bpmnProcessId]
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 200)
}

function disable(run: Run, job: Job, size: number): void {
  emit(run, { type: 'JOB_DISABLED', key: job.key })
  const megabytes = (size / 1024 / 1024).toFixed(1)
  raiseIncident(run, run.state.elements.get(job.elementInstanceKey)!, {
    type: 'MESSAGE_SIZE_EXCEEDED',
    message: `The job with key '${job.key}' can not be activated, because with ${megabytes} MB it is larger than the configured message size (per default is 4 MB). Try to reduce the size by reducing the number of fetched variables or modifying the variable values.`,
    jobKey: job.key,
  })
}

function check({ jobType, worker, timeout, maxJobsToActivate }: ActivateJobs): void {
  if (jobType === '') throw refused('type to be present, but it was blank')
  if (timeout < 1) throw refused(`timeout to be greater than zero, but it was '${timeout}'`)
  if (maxJobsToActivate < 1) {
    throw refused(`max jobs to activate to be greater than zero, but it was '${maxJobsToActivate}'`)
  }
  const workerSize = Buffer.byteLength(worker)
  if (workerSize > largestWorker) {
    throw refused(`worker to be at most ${largestWorker} bytes long, but it was ${workerSize}`)
  }
}

function refused(expected: string): Rejected {
  return new Rejected('INVALID_ARGUMENT', 'ACTIVATE', `Expected to activate job batch with ${expected}`)
}

function activatedJob(run: Run, job: Job, { worker, fetchVariables }: ActivateJobs, deadline: number): ActivatedJob {
  return {
    key: job.key,
    type: job.type,
    processInstanceKey: job.processInstanceKey,
    bpmnProcessId: job.bpmnProcessId,
    processDefinitionVersion: job.version,
    processDefinitionKey: job.processDefinitionKey,
    elementId: job.elementId,
    elementInstanceKey: job.elementInstanceKey,
    customHeaders: job.customHeaders,
    worker,
    retries: job.retries,
    deadline,
    variables: visibleVariables(run.state, job.elementInstanceKey, fetchVariables),
  }
}
