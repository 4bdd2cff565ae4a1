import type { Workspace } from './workspace.ts'

/** One write: reads and writes the workspace, and gives what its caller waits for. It may run again when the head has moved. */
export type Task<T> = (workspace: Workspace) => Promise<T>

/** What a task gave, or what it threw. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown }

/** Runs a task behind those before it. One that throws leaves nothing of what it did. */
export async function attempt<T>(task: Task<T>, workspace: Workspace): Promise<Outcome<T>> {
  workspace.keep()
  const before = workspace.checkpoint()
  try {
    return { value: await task(workspace) }
  } catch (error) {
    workspace.restore(before)
    return { error }
  }
}

/** What the task gave. Throws what it threw. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}
