import type { Expression } from '../../feel/expression.ts'
import type { FormReference, UserTaskProperties } from '../compile/model.ts'
import type { Key } from '../key.ts'
import { IncidentRaised, type Run } from '../run.ts'
import type { ElementInstance, FormRow } from '../state/rows.ts'
import { evaluateDateTime, evaluateNumber, evaluateString, evaluateStrings } from '../variables/expressions.ts'

/** Who does a user task, until when and with which form: evaluated when it is entered. What is not said is absent. */
export interface UserTaskValues {
  assignee?: string
  candidateGroups?: readonly string[]
  candidateUsers?: readonly string[]
  dueDate?: string
  followUpDate?: string
  formKey?: Key
  externalFormReference?: string
  priority?: number
}

/** In the real engine's order: it decides which incident is told. */
export function evaluateUserTask(run: Run, instance: ElementInstance, task: UserTaskProperties): UserTaskValues {
  const { key } = instance
  return {
    ...evaluated('assignee', task.assignee, (of) => evaluateString(run, key, of)),
    ...evaluated('candidateGroups', task.candidateGroups, (of) => evaluateStrings(run, key, of)),
    ...evaluated('candidateUsers', task.candidateUsers, (of) => evaluateStrings(run, key, of)),
    ...evaluated('dueDate', task.dueDate, (of) => evaluateDateTime(run, key, of)),
    ...evaluated('followUpDate', task.followUpDate, (of) => evaluateDateTime(run, key, of)),
    ...evaluated('formKey', task.form, (form) => findForm(run, instance, form).key),
    ...evaluated('externalFormReference', task.externalFormReference, (of) => evaluateString(run, key, of)),
    ...evaluated('priority', task.priority, (of) => priority(run, instance, of)),
  }
}

function evaluated<Name extends string, Given, Value>(
  name: Name,
  given: Given | undefined,
  evaluate: (given: Given) => Value | undefined,
): { [Key in Name]?: Value } {
  const value = given && evaluate(given)
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value }
}

/** What a user task's job tells of it; what is empty, it does not tell. */
export function userTaskHeaders(values: UserTaskValues): Readonly<Record<string, string>> {
  const { assignee, candidateGroups, candidateUsers, dueDate, followUpDate, formKey } = values
  const headers = {
    assignee,
    candidateGroups: candidateGroups && listed(candidateGroups),
    candidateUsers: candidateUsers && listed(candidateUsers),
    dueDate,
    followUpDate,
    formKey: formKey?.toString(),
  }
  const told = Object.entries(headers).flatMap(([name, value]) => (value ? [[`io.camunda.zeebe:${name}`, value]] : []))
  return Object.fromEntries(told)
}

function listed(items: readonly string[]): string {
  return `[${items.map((item) => `"${item}"`)}]`
}

function findForm(run: Run, instance: ElementInstance, { formId, binding }: FormReference): FormRow {
  const id = evaluateString(run, instance.key, formId)
  const versions = run.state.forms.in('byId', id)
  switch (binding.type) {
    case 'latest': {
      const latest = versions.at(-1)
      if (latest !== undefined) return latest
      throw notFound(
        instance,
        `Expected to find a form with id '${id}', but no form with this id is found, at least a form with this id should be available. To resolve the Incident please deploy a form with the same id`,
      )
    }
    case 'deployment': {
      const { deploymentKey } = run.state.processes.get(instance.processDefinitionKey)!
      const beside = versions.find((form) => form.deploymentKey === deploymentKey)
      if (beside !== undefined) return beside
      throw notFound(
        instance,
        `Expected to use a form with id '${id}' with binding type 'deployment', but no such form found in the deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate the process instance to a process definition that is deployed together with the intended form to use.`,
      )
    }
    case 'versionTag': {
      const { versionTag } = binding
      const tagged = versions.findLast((form) => form.versionTag === versionTag)
      if (tagged !== undefined) return tagged
      throw notFound(
        instance,
        `Expected to use a form with id '${id}' and version tag '${versionTag}', but no such form found. To resolve the incident, deploy a form with the given id and version tag.\n`,
      )
    }
  }
}

function notFound({ key }: ElementInstance, message: string): IncidentRaised {
  return new IncidentRaised('FORM_NOT_FOUND', message, key)
}

function priority(run: Run, instance: ElementInstance, expression: Expression): number {
  const value = Math.trunc(evaluateNumber(run, instance.key, expression))
  if (value >= 0 && value <= 100) return value
  const message = `Expected priority to be in the range [0,100] but was '${value}'.`
  throw new IncidentRaised('EXTRACT_VALUE_ERROR', message, instance.key)
}
