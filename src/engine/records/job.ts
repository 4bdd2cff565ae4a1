import type { CompleteJob, FailJob, ThrowError, UpdateJob, UpdateJobRetries, UpdateJobTimeout } from '../command.ts'
import type { Key } from '../key.ts'
import type { Job } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

export const jobRecords = {
  JOB_CREATED: ({ key, job }) => [{ valueType: 'JOB', intent: 'CREATED', key, value: jobValue(job) }],
  /** Its record is the batch's. */
  JOB_ACTIVATED: () => [],
  /** Its record is the incident's. */
  JOB_DISABLED: () => [],
  JOB_COMPLETED: ({ key, variables }, moment) => [jobRecord(moment, 'COMPLETED', key, { variables })],
  JOB_FAILED: ({ key, retries, errorMessage, recurAt }, moment) => {
    const { command } = moment
    const { retryBackOff, variables } = command.type === 'FailJob' ? command : { retryBackOff: 0, variables: {} }
    const failed = { retries, errorMessage, retryBackoff: retryBackOff, recurringTime: recurAt ?? -1, variables }
    return [jobRecord(moment, 'FAILED', key, failed)]
  },
  JOB_RECURRED_AFTER_BACKOFF: ({ key }, moment) => [
    { ...jobRecord(moment, 'RECUR_AFTER_BACKOFF', key), recordType: 'COMMAND', isSource: true },
    jobRecord(moment, 'RECURRED_AFTER_BACKOFF', key),
  ],
  JOB_TIMED_OUT: ({ key }, moment) => [
    { ...jobRecord(moment, 'TIME_OUT', key), recordType: 'COMMAND', isSource: true },
    jobRecord(moment, 'TIMED_OUT', key),
  ],
  JOB_UPDATED: ({ key, changes }, moment) => [jobRecord(moment, 'UPDATED', key, changes)],
  JOB_RETRIES_UPDATED: ({ key, retries }, moment) => [jobRecord(moment, 'RETRIES_UPDATED', key, { retries })],
  JOB_TIMEOUT_UPDATED: ({ key, deadline }, moment) => [jobRecord(moment, 'TIMEOUT_UPDATED', key, { deadline })],
  JOB_ERROR_THROWN: ({ key, errorCode, errorMessage, variables, caught }, moment) => {
    const uncaught = caught ? {} : { elementId: 'NO_CATCH_EVENT_FOUND' }
    return [jobRecord(moment, 'ERROR_THROWN', key, { errorCode, errorMessage, variables, ...uncaught })]
  },
  JOB_CANCELED: ({ key }, moment) => [jobRecord(moment, 'CANCELED', key)],
  JOB_MIGRATED: ({ key, job }) => [{ valueType: 'JOB', intent: 'MIGRATED', key, value: jobValue(job) }],
} satisfies Partial<RecordsOf>

type JobCommand = CompleteJob | FailJob | ThrowError | UpdateJob | UpdateJobRetries | UpdateJobTimeout

/** The client's command: it brings what it wants changed, and no more. */
export function jobCommand(command: JobCommand): Draft {
  const draft = (intent: string, changes: Value): Draft => ({
    valueType: 'JOB',
    intent,
    key: command.jobKey,
    value: { ...noJob, ...changes },
  })
  switch (command.type) {
    case 'CompleteJob':
      return draft('COMPLETE', { variables: command.variables })
    case 'FailJob': {
      const { retries, errorMessage, retryBackOff: retryBackoff, variables } = command
      return draft('FAIL', { retries, errorMessage, retryBackoff, variables })
    }
    case 'ThrowError': {
      const { errorCode, errorMessage, variables } = command
      return draft('THROW_ERROR', { errorCode, errorMessage, variables })
    }
    case 'UpdateJob': {
      const { retries = noJob.retries, timeout = noJob.timeout } = command
      return draft('UPDATE', { retries, timeout })
    }
    case 'UpdateJobRetries':
      return draft('UPDATE_RETRIES', { retries: command.retries })
    case 'UpdateJobTimeout':
      return draft('UPDATE_TIMEOUT', { timeout: command.timeout })
  }
}

export function jobValue(job: Job, changes: Value = {}): Value {
  return {
    ...noJob,
    deadline: job.deadline ?? -1,
    worker: job.worker,
    retries: job.retries,
    recurringTime: job.recurAt ?? -1,
    type: job.type,
    customHeaders: job.customHeaders,
    errorMessage: job.errorMessage ?? '',
    errorCode: job.errorCode ?? '',
    bpmnProcessId: job.bpmnProcessId,
    processDefinitionVersion: job.version,
    processDefinitionKey: job.processDefinitionKey,
    processInstanceKey: job.processInstanceKey,
    elementId: job.elementId,
    elementInstanceKey: job.elementInstanceKey,
    ...(job.listensTo && { jobKind: 'EXECUTION_LISTENER', jobListenerEventType: job.listensTo }),
    ...changes,
  }
}

function jobRecord({ state }: Moment, intent: string, key: Key, changes: Value = {}): Draft {
  return { valueType: 'JOB', intent, key, value: jobValue(state.jobs.get(key)!, changes) }
}

const noJob = {
  deadline: -1,
  timeout: -1,
  worker: '',
  retries: -1,
  retryBackoff: 0,
  recurringTime: -1,
  type: '',
  customHeaders: {},
  variables: {},
  errorMessage: '',
  errorCode: '',
  bpmnProcessId: '',
  processDefinitionVersion: -1,
  processDefinitionKey: -1,
  processInstanceKey: -1,
  jobKind: 'BPMN_ELEMENT',
  jobListenerEventType: 'UNSPECIFIED',
  elementId: '',
  elementInstanceKey: -1,
  changedAttributes: [],
  tenantId: defaultTenant,
}
