import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { CommitbaseError, codeOf, messageOf } from '../src/errors.ts'
import type { HandlerSet } from '../src/events/handlers/handler.ts'
import { loadHandlers } from '../src/events/handlers/loadHandlers.ts'
import type { Run } from './run.ts'
import { workspacePath } from './workspacePath.ts'

/** The handlers of the workspace that the input names: never those of the fetched tip. Throws as `loadHandlers` does, and names the input. */
export async function handlersAt(path: string, { workspace }: Run): Promise<HandlerSet> {
  const file = await workspacePath(workspace, path, 'handlers')
  const loaded = await loadHandlers(file).catch((error) => {
    throw new CommitbaseError(codeOf(error), `input 'handlers': ${messageOf(error)}`, { cause: error })
  })
  return { ...loaded, path: relative(await realpath(workspace), file).replaceAll(sep, '/') }
}
