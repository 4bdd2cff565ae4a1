import { throwErrorFrom, unhandledMessage } from '../bpmnErrors.ts'
import type { Response, ThrowError } from '../command.ts'
import { raiseIncident } from '../incidents.ts'
import { emit, type Run } from '../run.ts'
import { answerableJob, shortened } from './job.ts'

/** A BPMN error: the nearest boundary event that catches it takes over, else incident UNHANDLED_ERROR_EVENT. Nobody catches a listener's, whose element is not active. */
export function throwError(run: Run, command: ThrowError): Response {
  const { jobKey, errorCode, variables } = command
  const errorMessage = shortened(command.errorMessage)
  const job = answerableJob(run, jobKey, 'THROW_ERROR', 'throw an error for')
  const instance = run.state.elements.get(job.elementInstanceKey)!
  const thrown = (caught: boolean) =>
    emit(run, { type: 'JOB_ERROR_THROWN', key: jobKey, errorCode, errorMessage, variables, caught })
  const isListener = job.listensTo !== undefined
  if (!isListener && throwErrorFrom(run, instance, errorCode, variables, () => thrown(true)))
    return { type: 'ThrowError' }
  const message = unhandledMessage(run, isListener ? undefined : instance, errorCode, errorMessage)
  thrown(false)
  raiseIncident(run, instance, { type: 'UNHANDLED_ERROR_EVENT', message, jobKey })
  return { type: 'ThrowError' }
}
