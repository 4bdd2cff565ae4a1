import type { AssignUserTask, Response } from '../command.ts'
import { emit, Rejected, type Run } from '../run.ts'
import { existingUserTask } from './userTask.ts'

/** Gives a task to somebody, or to nobody; one that is another's already only where that may be overridden. */
export function assignUserTask(run: Run, command: AssignUserTask): Response {
  const { userTaskKey: key, assignee, action, allowOverride } = command
  const name = allowOverride ? 'ASSIGN' : 'CLAIM'
  const task = existingUserTask(run, key, name)
  if (!allowOverride) {
    if (assignee.trim() === '') throw refused(key, 'provided assignee is empty')
    const free = !task.assignee?.trim() || task.assignee === assignee
    if (!free) throw refused(key, 'it has already been assigned')
  }
  emit(run, { type: 'USER_TASK_ASSIGNED', key, assignee, action: action || name.toLowerCase() })
  return { type: 'AssignUserTask' }
}

function refused(key: number, reason: string): Rejected {
  const message = `Expected to claim user task with key '${key}', but ${reason}`
  return new Rejected('FAILED_PRECONDITION', 'CLAIM', message, 'INVALID_STATE')
}
