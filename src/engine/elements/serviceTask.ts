import type { Compiling } from '../compile/compiling.ts'
import { extension, type Node } from '../compile/moddle.ts'
import type { BaseElement, JobWorkerElement } from '../compile/model.ts'
import { createJob, evaluateJob } from '../jobs.ts'
import { activated, takeBrought } from '../lifecycle.ts'
import { applyInputs, applyOutputs } from '../mappings.ts'
import { subscribe } from '../subscribe.ts'
import { unsubscribe } from '../unsubscribe.ts'
import { evaluateUserTask, userTaskHeaders } from '../userTasks.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.3.3, done by a job worker; so are send tasks, script and business rule tasks with a task definition, and events that throw a message. */
export const serviceTask: Element<JobWorkerElement> = {
  compile: compileJobWorker,
  enter: applyInputs,
  activate(run, instance, element) {
    const job = evaluateJob(run, instance, element)
    const headers = {
      ...element.headers,
      ...(element.userTask && userTaskHeaders(evaluateUserTask(run, instance, element.userTask))),
    }
    subscribe(run, instance, element)
    createJob(run, instance, { ...job, headers })
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
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
