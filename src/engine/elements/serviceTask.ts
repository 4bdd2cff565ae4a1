import type { Compiling } from '../compile/compiling.ts'
import { extension, type Node } from '../compile/moddle.ts'
import type { BaseElement, JobWorkerElement } from '../compile/model.ts'
import { evaluateNumber, evaluateString } from '../expressions.ts'
import { activated, takeBrought } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import { emit, IncidentRaised, nextKey, type Run } from '../run.ts'
import type { ElementInstance } from '../state.ts'
import { subscribe } from '../subscribe.ts'
import { unsubscribe } from '../unsubscribe.ts'
import { evaluateUserTask, userTaskHeaders } from '../userTasks.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.3.3, done by a job worker; so are send tasks, script and business rule tasks with a task definition, and events that throw a message. Zeebe: type and retries are expressions; a fraction of a retry is none. */
export const serviceTask: Element<JobWorkerElement> = {
  compile: compileJobWorker,
  activate(run, instance, element) {
    applyInputs(run, instance, element)
    const type = jobType(run, instance, element)
    const retries = evaluateNumber(run, instance.key, element.retries) | 0
    const headers = {
      ...element.headers,
      ...(element.userTask && userTaskHeaders(evaluateUserTask(run, instance, element.userTask))),
    }
    subscribe(run, instance, element)
    createJob(run, instance, type, retries, headers)
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

export function compileJobWorker(node: Node, base: BaseElement, { problems }: Compiling): JobWorkerElement {
  const definition = extension(node, 'zeebe:TaskDefinition')
  if (definition === undefined) problems.add(base.id, "Must have exactly one 'zeebe:taskDefinition' extension element")
  const at = `${base.id} > extensionElements > taskDefinition`
  return {
    ...base,
    kind: 'serviceTask',
    jobType: problems.expression(at, definition ? definition.type : '-'),
    retries: problems.expression(at, definition?.retries || '3'),
    headers: headersOf(node),
  }
}

type Headers = Readonly<Record<string, string>>

/** Those with a key and a value. */
export function headersOf(node: Node): Headers {
  const headers = extension(node, 'zeebe:TaskHeaders')?.values ?? []
  return Object.fromEntries(headers.flatMap(({ key, value }) => (key && value ? [[key, value]] : [])))
}

function jobType(run: Run, instance: ElementInstance, task: JobWorkerElement): string {
  const type = evaluateString(run, instance.key, task.jobType)
  if (type !== '') return type
  const source = task.jobType.kind === 'feel' ? task.jobType.source : ''
  throw new IncidentRaised(
    'EXTRACT_VALUE_ERROR',
    `Expected result of the expression '${source}' to be a not-empty string, but was an empty string.`,
    instance.key,
  )
}

function createJob(run: Run, instance: ElementInstance, type: string, retries: number, headers: Headers): void {
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
    },
  })
  run.availableJobTypes.add(type)
}
