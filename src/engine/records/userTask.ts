import type { AssignUserTask, CompleteUserTask, UpdateUserTask } from '../command.ts'
import type { Key } from '../key.ts'
import type { UserTaskChanges, UserTaskRow } from '../state/rows.ts'
import { defaultTenant } from '../tenant.ts'
import type { Moment, RecordsOf } from './mapping.ts'
import type { Draft, Value } from './record.ts'

/** Each change is two records: nobody has a say in between. */
export const userTaskRecords = {
  USER_TASK_CREATED: ({ key, task }) => both('CREATING', 'CREATED', key, taskValue(task)),
  USER_TASK_ASSIGNED: ({ key, assignee, action }, moment) =>
    both('ASSIGNING', 'ASSIGNED', key, current(moment, key, { assignee, action })),
  USER_TASK_UPDATED: ({ key, changes, action }, moment) =>
    both('UPDATING', 'UPDATED', key, current(moment, key, { ...changed(changes), action })),
  USER_TASK_COMPLETED: ({ key, variables, action }, moment) =>
    both('COMPLETING', 'COMPLETED', key, current(moment, key, { variables, action })),
  USER_TASK_CANCELED: ({ key }, moment) => both('CANCELING', 'CANCELED', key, current(moment, key)),
  /** Its variables are not told. */
  USER_TASK_MIGRATED: ({ key, task }) => [{ valueType: 'USER_TASK', intent: 'MIGRATED', key, value: taskValue(task) }],
} satisfies Partial<RecordsOf>

type UserTaskCommand = CompleteUserTask | AssignUserTask | UpdateUserTask

/** The client's command: it brings what it wants changed, and no more. */
export function userTaskCommand(command: UserTaskCommand): Draft {
  const { userTaskKey: key, action } = command
  const draft = (intent: string, changes: Value): Draft => ({
    valueType: 'USER_TASK',
    intent,
    key,
    value: { ...noTask, userTaskKey: key, action, ...changes },
  })
  switch (command.type) {
    case 'CompleteUserTask':
      return draft('COMPLETE', { variables: command.variables })
    case 'AssignUserTask':
      return draft(command.allowOverride ? 'ASSIGN' : 'CLAIM', { assignee: command.assignee })
    case 'UpdateUserTask':
      return draft('UPDATE', changed(command.changes))
  }
}

function both(first: string, second: string, key: Key, value: Value): Draft[] {
  return [first, second].map((intent) => ({ valueType: 'USER_TASK', intent, key, value }))
}

function current({ state }: Moment, key: Key, changes: Value = {}): Value {
  return { ...taskValue(state.userTasks.get(key)!), ...changes }
}

function taskValue(task: UserTaskRow): Value {
  return {
    ...noTask,
    userTaskKey: task.key,
    assignee: task.assignee ?? '',
    candidateGroupsList: task.candidateGroups ?? [],
    candidateUsersList: task.candidateUsers ?? [],
    dueDate: task.dueDate ?? '',
    followUpDate: task.followUpDate ?? '',
    formKey: task.formKey ?? -1,
    externalFormReference: task.externalFormReference ?? '',
    customHeaders: task.customHeaders,
    processInstanceKey: task.processInstanceKey,
    bpmnProcessId: task.bpmnProcessId,
    processDefinitionVersion: task.version,
    processDefinitionKey: task.processDefinitionKey,
    elementId: task.elementId,
    elementInstanceKey: task.elementInstanceKey,
    creationTimestamp: task.createdAt,
    priority: task.priority ?? defaultPriority,
  }
}

function changed(changes: UserTaskChanges): Value {
  const named = Object.entries(changes).map(([name, value]) => [attributeNames[name as keyof UserTaskChanges], value])
  return { ...Object.fromEntries(named), changedAttributes: named.map(([name]) => name) }
}

const attributeNames: Record<keyof UserTaskChanges, string> = {
  candidateGroups: 'candidateGroupsList',
  candidateUsers: 'candidateUsersList',
  dueDate: 'dueDate',
  followUpDate: 'followUpDate',
  priority: 'priority',
}

/** Of 100, where the model says nothing. */
const defaultPriority = 50

const noTask = {
  userTaskKey: -1,
  assignee: '',
  candidateGroupsList: [],
  candidateUsersList: [],
  dueDate: '',
  followUpDate: '',
  formKey: -1,
  externalFormReference: '',
  variables: {},
  customHeaders: {},
  bpmnProcessId: '',
  processDefinitionVersion: -1,
  processDefinitionKey: -1,
  processInstanceKey: -1,
  elementId: '',
  elementInstanceKey: -1,
  tenantId: defaultTenant,
  changedAttributes: [],
  action: '',
  creationTimestamp: -1,
  priority: defaultPriority,
}
