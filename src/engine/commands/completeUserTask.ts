import type { CompleteUserTask, Response } from '../command.ts'
import { completeWith } from '../lifecycle/triggering.ts'
import { emit, type Run } from '../run.ts'
import { existingUserTask } from './userTask.ts'

/** The element of the task goes on with the variables that were brought. */
export function completeUserTask(run: Run, { userTaskKey, variables, action }: CompleteUserTask): Response {
  const task = existingUserTask(run, userTaskKey, 'COMPLETE')
  emit(run, { type: 'USER_TASK_COMPLETED', key: userTaskKey, variables, action: action || 'complete' })
  completeWith(run, run.state.elements.get(task.elementInstanceKey)!, variables)
  return { type: 'CompleteUserTask' }
}
