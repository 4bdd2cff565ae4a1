import type { Response, UpdateUserTask } from '../command.ts'
import { emit, type Run } from '../run.ts'
import { existingUserTask } from './userTask.ts'

/** Changes what is said of a task: the attributes that are given, and no others. */
export function updateUserTask(run: Run, { userTaskKey: key, changes, action }: UpdateUserTask): Response {
  existingUserTask(run, key, 'UPDATE')
  emit(run, { type: 'USER_TASK_UPDATED', key, changes, action: action || 'update' })
  return { type: 'UpdateUserTask' }
}
