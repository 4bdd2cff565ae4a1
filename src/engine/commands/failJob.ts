import type { FailJob, Response } from '../command.ts'
import { raiseIncident } from '../incidents.ts'
import { emit, type Run } from '../run.ts'
import { setLocal } from '../variables/variables.ts'
import { answerableJob, shortened } from './job.ts'

/** Another try while retries are left (after the back-off, if there is one); without, incident JOB_NO_RETRIES. */
export function failJob(run: Run, command: FailJob): Response {
  const { jobKey, retries, retryBackOff, variables } = command
  const errorMessage = shortened(command.errorMessage)
  const job = answerableJob(run, jobKey, 'FAIL', 'fail')
  const recurAt = retries > 0 && retryBackOff > 0 ? run.now + retryBackOff : undefined
  emit(run, { type: 'JOB_FAILED', key: jobKey, retries, errorMessage, ...(recurAt !== undefined && { recurAt }) })
  setLocal(run, job.elementInstanceKey, variables)
  if (retries > 0) {
    if (recurAt === undefined) run.availableJobTypes.add(job.type)
    return { type: 'FailJob' }
  }
  const type = job.listensTo === undefined ? 'JOB_NO_RETRIES' : 'EXECUTION_LISTENER_NO_RETRIES'
  const message = errorMessage === '' ? 'No more retries left.' : errorMessage
  raiseIncident(run, run.state.elements.get(job.elementInstanceKey)!, { type, message, jobKey })
  return { type: 'FailJob' }
}
