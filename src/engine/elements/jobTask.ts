import type { JobTask } from '../compile/model.ts'
import { evaluateNumber, evaluateString } from '../expressions.ts'
import { activated, takeBrought } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import { type Behaviour, emit, IncidentRaised, nextKey, type Run } from '../run.ts'
import type { ElementInstance } from '../state.ts'
import { subscribe, unsubscribe } from '../subscriptions.ts'

/** BPMN 2.0.2 §13.3.3, done by a job worker. Zeebe: type and retries are expressions; a fraction of a retry is none. */
export const jobTask: Behaviour = {
  activate(run, instance, element) {
    applyInputs(run, instance, element)
    const task = element as JobTask
    const type = jobType(run, instance, task)
    const retries = evaluateNumber(run, instance.key, task.retries) | 0
    subscribe(run, instance, element)
    createJob(run, instance, task, type, retries)
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
  leave(run, instance) {
    for (const job of run.state.jobs.in('byElement', instance.key)) emit(run, { type: 'JOB_CANCELED', key: job.key })
  },
}

function jobType(run: Run, instance: ElementInstance, task: JobTask): string {
  const type = evaluateString(run, instance.key, task.jobType)
  if (type !== '') return type
  const source = task.jobType.kind === 'feel' ? task.jobType.source : ''
  throw new IncidentRaised(
    'EXTRACT_VALUE_ERROR',
    `Expected result of the expression '${source}' to be a not-empty string, but was an empty string.`,
    instance.key,
  )
}

function createJob(run: Run, instance: ElementInstance, task: JobTask, type: string, retries: number): void {
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
      customHeaders: task.headers,
      retries,
      state: 'ACTIVATABLE',
      worker: '',
    },
  })
  run.availableJobTypes.add(type)
}
