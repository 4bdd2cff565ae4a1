import type { Expression } from '../feel/expression.ts'
import type { UserTaskProperties } from './compile/model.ts'
import { evaluateDateTime, evaluateString, evaluateStrings } from './expressions.ts'
import { IncidentRaised, type Run } from './run.ts'
import type { ElementInstance } from './state.ts'

/** What a user task's job tells of who does it; what is empty, it does not tell. */
export function userTaskHeaders(
  run: Run,
  instance: ElementInstance,
  task: UserTaskProperties,
): Readonly<Record<string, string>> {
  const { key } = instance
  const listed = (of: Expression) => `[${evaluateStrings(run, key, of).map((item) => `"${item}"`)}]`
  const headers = {
    assignee: task.assignee && evaluateString(run, key, task.assignee),
    candidateGroups: task.candidateGroups && listed(task.candidateGroups),
    candidateUsers: task.candidateUsers && listed(task.candidateUsers),
    dueDate: task.dueDate && evaluateDateTime(run, key, task.dueDate),
    followUpDate: task.followUpDate && evaluateDateTime(run, key, task.followUpDate),
    formKey: task.formId && formKey(run, instance, task.formId),
  }
  const told = Object.entries(headers).filter(([, value]) => value)
  return Object.fromEntries(told.map(([name, value]) => [`io.camunda.zeebe:${name}`, value!]))
}

function formKey(run: Run, instance: ElementInstance, id: Expression): string {
  const formId = evaluateString(run, instance.key, id)
  throw new IncidentRaised(
    'FORM_NOT_FOUND',
    `Expected to find a form with id '${formId}', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id`,
    instance.key,
  )
}
