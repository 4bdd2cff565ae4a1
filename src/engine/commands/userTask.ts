import type { Key } from '../command.ts'
import { Rejected, type Run } from '../run.ts'
import type { UserTaskRow } from '../state/rows.ts'

/** The user task that a command is about. */
export function existingUserTask(run: Run, key: Key, command: string): UserTaskRow {
  const task = run.state.userTasks.get(key)
  if (task !== undefined) return task
  const reason = `Expected to ${command.toLowerCase()} user task with key '${key}', but no such user task was found`
  throw new Rejected('NOT_FOUND', command, reason)
}
