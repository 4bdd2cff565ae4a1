import type { Compiling } from '../compile/compiling.ts'
import { countOf } from '../compile/extensions.ts'
import { extension, type Node } from '../compile/moddle.ts'
import type { BaseElement, JobWorkerElement } from '../compile/model.ts'
import type { Problems } from '../compile/problems.ts'
import { twice } from '../compile/twice.ts'
import { createJob, evaluateJob } from '../jobs/jobs.ts'
import { evaluateUserTask, userTaskHeaders } from '../jobs/userTasks.ts'
import { activated } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'

/** BPMN 2.0.2 §13.3.3, done by a job worker; so are send tasks, script and business rule tasks with a task definition, and events that throw a message. */
export const serviceTask: Element<JobWorkerElement> = {
  compile: compileJobWorker,
  enter(run, instance, element) {
    if (!isMappedLate(element)) applyInputs(run, instance, element)
  },
  activate(run, instance, element) {
    if (isMappedLate(element)) applyInputs(run, instance, element)
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

/** The real engine maps the inputs of an intermediate event that throws a message after its listeners' jobs. */
function isMappedLate({ type }: JobWorkerElement): boolean {
  return type === 'INTERMEDIATE_THROW_EVENT'
}

export function compileJobWorker(node: Node, base: BaseElement, { problems }: Compiling): JobWorkerElement {
  const definition = extension(node, 'zeebe:TaskDefinition')
  if (countOf(node, 'zeebe:TaskDefinition') !== 1) problems.add(base.id, missing(node))
  const at = `${base.id} > extensionElements > taskDefinition`
  if (definition !== undefined) problems.attribute(at, 'type', definition.type)
  return {
    ...base,
    kind: 'serviceTask',
    jobType: problems.expression(at, definition ? definition.type : '-'),
    retries: problems.expression(at, definition?.retries || '3'),
    headers: compileHeaders(node, base.id, problems),
  }
}

/** What publishes a message may say so otherwise, in models that Zeebe does not execute either. */
function missing({ $type }: Node): string {
  if ($type === 'bpmn:ServiceTask') return "Must have exactly one 'zeebe:taskDefinition' extension element"
  return "Must have either one 'zeebe:publishMessage' or one 'zeebe:taskDefinition' extension element"
}

type Headers = Readonly<Record<string, string>>

/** Those with a key and a value. */
export function compileHeaders(node: Node, id: string, problems: Problems): Headers {
  const headers = extension(node, 'zeebe:TaskHeaders')?.values ?? []
  checkKeys(
    headers.flatMap(({ key }) => key ?? []),
    `${id} > extensionElements > taskHeaders`,
    problems,
  )
  return Object.fromEntries(headers.flatMap(({ key, value }) => (key && value ? [[key, value]] : [])))
}

const reserved = 'io.camunda.zeebe:'

function checkKeys(keys: readonly string[], at: string, problems: Problems): void {
  for (const key of keys.filter((one) => one.startsWith(reserved))) {
    const what = `Attribute 'key' contains '${key}', but header keys starting with '${reserved}' are reserved for internal use.`
    problems.addOfExpressions(at, what)
  }
  for (const key of twice(keys)) problems.addOfExpressions(at, `Headers contain duplicate entries for key '${key}'`)
}
