import type { Key } from '../../key.ts'
import type { State } from '../state.ts'
import type { FoldsOf } from './fold.ts'

export const userTasks = {
  USER_TASK_CREATED: (state, { task }) => state.userTasks.put(task),
  USER_TASK_MIGRATED: (state, { task }) => state.userTasks.put(task),
  USER_TASK_ASSIGNED: (state, { key, assignee }) => state.userTasks.put({ ...state.userTasks.get(key)!, assignee }),
  USER_TASK_UPDATED: (state, { key, changes }) => state.userTasks.put({ ...state.userTasks.get(key)!, ...changes }),
  USER_TASK_COMPLETED: deleteTask,
  USER_TASK_CANCELED: deleteTask,
} satisfies Partial<FoldsOf>

function deleteTask(state: State, { key }: { key: Key }): void {
  state.userTasks.delete(key)
}
