import { parseExpression } from '../../feel/expression.ts'
import { compileUserTask } from '../compile/compileUserTask.ts'
import { extension, type Node } from '../compile/moddle.ts'
import type { JobWorkerElement, UserTask } from '../compile/model.ts'
import { evaluateUserTask, type UserTaskValues } from '../jobs/userTasks.ts'
import { activated } from '../lifecycle/transitions.ts'
import { takeBrought } from '../lifecycle/triggering.ts'
import { emit, nextKey, type Run } from '../run.ts'
import type { ElementInstance, UserTaskRow } from '../state/rows.ts'
import { applyInputs, applyOutputs } from '../variables/mappings.ts'
import { subscribe } from '../waiting/subscribe.ts'
import { unsubscribe } from '../waiting/unsubscribe.ts'
import type { Element } from './element.ts'
import { compileHeaders } from './serviceTask.ts'

/**
 * BPMN 2.0.2 §13.3.3, done by a person. Zeebe: with `zeebe:userTask` the engine has the task itself, and is told over REST that it is done;
 * without, it is a job of its own type with one retry, whose headers tell who does it, until when, and with which form.
 */
export const userTask: Element<UserTask> = {
  compile(node, base, { problems }) {
    const properties = compileUserTask(node, problems)
    const headers = compileHeaders(node, base.id, problems)
    if (extension(node, 'zeebe:UserTask') === undefined) return jobOf(node, { ...base, headers, userTask: properties })
    return { ...base, kind: 'userTask', properties, headers }
  },
  enter: applyInputs,
  activate(run, instance, element) {
    const values = evaluateUserTask(run, instance, element.properties)
    subscribe(run, instance, element)
    const task = rowOf(run, instance, element, values)
    emit(run, { type: 'USER_TASK_CREATED', key: task.key, task })
    activated(run, instance)
  },
  complete(run, instance, element) {
    applyOutputs(run, instance, element, takeBrought(run, instance))
    unsubscribe(run, instance)
  },
  leave(run, instance) {
    for (const { key } of run.state.userTasks.in('byElement', instance.key)) {
      emit(run, { type: 'USER_TASK_CANCELED', key })
    }
  },
}

function jobOf(node: Node, task: Omit<JobWorkerElement, 'kind' | 'jobType' | 'retries'>): JobWorkerElement {
  const formKey = extension(node, 'zeebe:FormDefinition')?.formKey
  return {
    ...task,
    kind: 'serviceTask',
    jobType: parseExpression(`${reserved}userTask`),
    retries: parseExpression('1'),
    headers: { ...task.headers, ...(formKey && { [`${reserved}formKey`]: formKey }) },
  }
}

const reserved = 'io.camunda.zeebe:'

function rowOf(run: Run, instance: ElementInstance, { headers }: UserTask, values: UserTaskValues): UserTaskRow {
  return {
    key: nextKey(run),
    processInstanceKey: instance.processInstanceKey,
    elementInstanceKey: instance.key,
    elementId: instance.elementId,
    processDefinitionKey: instance.processDefinitionKey,
    bpmnProcessId: instance.bpmnProcessId,
    version: instance.version,
    customHeaders: headers,
    createdAt: run.now,
    ...values,
  }
}
