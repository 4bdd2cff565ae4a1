import type { FastifyInstance } from 'fastify'
import type { UpdateUserTask } from '../command.ts'
import type { UserTaskChanges } from '../state/rows.ts'
import { printedDateTime } from '../waiting/dateTime.ts'
import {
  type Body,
  intOf,
  objectOf,
  required,
  requiredText,
  type Sent,
  textOf,
  textsOf,
  truthOf,
  variablesOf,
} from './body.ts'
import type { Context } from './context.ts'
import { keyIn } from './keys.ts'
import { invalid } from './problem.ts'

interface OfTask extends Sent {
  Params: { userTaskKey: string }
}

/** What Zeebe 8.6 is told about user tasks that it has itself. */
export function userTasks(app: FastifyInstance, { runtime }: Context): void {
  for (const version of ['/v1', '/v2']) {
    const path = `${version}/user-tasks/:userTaskKey`
    app.post<OfTask>(`${path}/completion`, async ({ params, body }, reply) => {
      const userTaskKey = keyIn(params, 'userTaskKey')
      const action = textOf(body?.action) ?? ''
      await runtime.execute({ type: 'CompleteUserTask', userTaskKey, variables: variablesOf(body?.variables), action })
      return reply.code(204).send()
    })
    app.post<OfTask>(`${path}/assignment`, async ({ params, body }, reply) => {
      await runtime.execute({
        type: 'AssignUserTask',
        userTaskKey: keyIn(params, 'userTaskKey'),
        ...assignmentOf(required(body)),
      })
      return reply.code(204).send()
    })
    app.delete<OfTask>(`${path}/assignee`, async ({ params }, reply) => {
      const nobody = { assignee: '', action: 'unassign', allowOverride: true }
      await runtime.execute({
        type: 'AssignUserTask',
        userTaskKey: keyIn(params, 'userTaskKey'),
        ...nobody,
      })
      return reply.code(204).send()
    })
    app.patch<OfTask>(path, async ({ params, body }, reply) => {
      await runtime.execute({
        type: 'UpdateUserTask',
        userTaskKey: keyIn(params, 'userTaskKey'),
        ...updateOf(body),
      })
      return reply.code(204).send()
    })
  }
}

function assignmentOf(body: Body): { assignee: string; action: string; allowOverride: boolean } {
  const action = textOf(body.action) ?? ''
  return {
    assignee: requiredText(body, 'assignee'),
    action: action.trim() === '' ? 'assign' : action,
    allowOverride: truthOf(body.allowOverride) ?? true,
  }
}

function updateOf({ action, changeset }: Body = {}): Pick<UpdateUserTask, 'changes' | 'action'> {
  const changes = changesOf(objectOf(changeset) ?? {})
  const violations = [
    ...(textOf(action) === undefined && Object.keys(changes).length === 0 ? [nothingToDo] : []),
    ...dateViolations('due date', changes.dueDate),
    ...dateViolations('follow-up date', changes.followUpDate),
    ...priorityViolations(changes.priority),
  ]
  if (violations.length > 0) throw invalid(...violations)
  return { changes, action: textOf(action) ?? '' }
}

const nothingToDo =
  'No update data provided. Provide at least an "action" or a non-null value for a supported attribute in the "changeset"'

/** What is absent or null stays as it is. */
function changesOf(changeset: Body): UserTaskChanges {
  const changes = {
    candidateGroups: textsOf(changeset.candidateGroups),
    candidateUsers: textsOf(changeset.candidateUsers),
    dueDate: textOf(changeset.dueDate),
    followUpDate: textOf(changeset.followUpDate),
    priority: intOf(changeset.priority),
  }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/** An empty one takes the date away. */
function dateViolations(name: string, date: string | undefined): string[] {
  if (date === undefined || date === '' || printedDateTime(date) !== undefined) return []
  return [`The provided ${name} '${date}' cannot be parsed as a date according to RFC 3339, section 5.6`]
}

function priorityViolations(priority: number | undefined): string[] {
  if (priority === undefined || (priority >= 0 && priority <= 100)) return []
  return [`The value for priority is '${priority}' but must be within the [0,100] range`]
}
