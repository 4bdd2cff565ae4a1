import type { CompleteJob, Response } from '../command.ts'
import { completeListener } from '../lifecycle/lifecycle.ts'
import { completeWith } from '../lifecycle/triggering.ts'
import { emit, Rejected, type Run } from '../run.ts'
import { answerableJob } from './job.ts'

/** The element of the job goes on with the variables that the worker brought. */
export function completeJob(run: Run, { jobKey, variables }: CompleteJob): Response {
  const job = answerableJob(run, jobKey, 'COMPLETE', 'complete')
  const instance = run.state.elements.get(job.elementInstanceKey)
  if (instance === undefined) {
    throw new Rejected(
      'NOT_FOUND',
      'COMPLETE',
      `Expected to complete job with key '${jobKey}', but no such job was found`,
    )
  }
  emit(run, { type: 'JOB_COMPLETED', key: jobKey, variables })
  if (job.listensTo === undefined) completeWith(run, instance, variables)
  else completeListener(run, instance, variables)
  return { type: 'CompleteJob' }
}
