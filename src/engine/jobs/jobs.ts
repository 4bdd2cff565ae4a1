import type { Expression } from '../../feel/expression.ts'
import { emit, IncidentRaised, nextKey, type Run } from '../run.ts'
import type { ElementInstance, Job } from '../state/rows.ts'
import { evaluateNumber, evaluateString, sourceOf } from '../variables/expressions.ts'

/** What a job is for, evaluated. */
export interface JobOf {
  type: string
  retries: number
  headers: Readonly<Record<string, string>>
  /** A listener's: which of its element's events it listens to. */
  listensTo?: Job['listensTo']
}

/** Zeebe: type and retries are expressions; a fraction of a retry is none. */
export function evaluateJob(
  run: Run,
  instance: ElementInstance,
  { jobType, retries }: { jobType: Expression; retries: Expression },
): Pick<JobOf, 'type' | 'retries'> {
  const type = evaluateString(run, instance.key, jobType)
  if (type !== '') return { type, retries: evaluateNumber(run, instance.key, retries) | 0 }
  throw new IncidentRaised(
    'EXTRACT_VALUE_ERROR',
    `Expected result of the expression '${sourceOf(jobType)}' to be a not-empty string, but was an empty string.`,
    instance.key,
  )
}

/** A job of an element instance, for workers to take. */
export function createJob(run: Run, instance: ElementInstance, { type, retries, headers, listensTo }: JobOf): void {
  const key = nextKey(run)
  const { processInstanceKey, elementId, processDefinitionKey, bpmnProcessId, version } = instance
  emit(run, {
    type: 'JOB_CREATED',
    key,
    job: {
      key,
      processInstanceKey,
      elementInstanceKey: instance.key,
      elementId,
      processDefinitionKey,
      bpmnProcessId,
      version,
      type,
      customHeaders: headers,
      retries,
      state: 'ACTIVATABLE',
      worker: '',
      ...(listensTo && { listensTo }),
    },
  })
  run.availableJobTypes.add(type)
}

/** An element that is ended takes its jobs with it. */
export function cancelJobs(run: Run, { key }: ElementInstance): void {
  for (const job of run.state.jobs.in('byElement', key)) emit(run, { type: 'JOB_CANCELED', key: job.key })
}
