import type { ActivatedJob, ActivateJobs, Response } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'
import type { Job } from '../state.ts'
import { visibleVariables } from '../variables.ts'

/** Hands out jobs of a type, the oldest first. */
export function activateJobs(run: Run, command: ActivateJobs): Response {
  check(command)
  const jobs: ActivatedJob[] = []
  for (const job of firstOf(run, command)) {
    const deadline = run.now + command.timeout
    emit(run, { type: 'JOB_ACTIVATED', key: job.key, worker: command.worker, deadline })
    jobs.push(activatedJob(run, job, command, deadline))
  }
  return { type: 'ActivateJobs', jobs }
}

function check({ jobType, timeout, maxJobsToActivate }: ActivateJobs): void {
  if (jobType.trim() === '') throw refused('type to be present, but it was blank')
  if (timeout < 1) throw refused(`timeout to be greater than zero, but it was '${timeout}'`)
  if (maxJobsToActivate < 1) {
    throw refused(`max jobs to activate to be greater than zero, but it was '${maxJobsToActivate}'`)
  }
}

function refused(expected: string): Rejected {
  return new Rejected('INVALID_ARGUMENT', 'ACTIVATE', `Expected to activate job batch with ${expected}`)
}

function firstOf(run: Run, { jobType, maxJobsToActivate }: ActivateJobs): Job[] {
  return run.state.jobs.each('activatable', jobType).take(maxJobsToActivate).toArray()
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
