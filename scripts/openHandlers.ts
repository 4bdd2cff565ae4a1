import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { CommitbaseError, codeOf, messageOf } from '../src/errors.ts'
import type { HandlerSet } from '../src/events/handlers/handler.ts'
import { loadHandlers } from '../src/events/handlers/loadHandlers.ts'

/**
 * The handlers at the path that was given in a folder, else the shop's. A path within the folder is kept as a workflow names it:
 * the hub and its runs may evaluate each other's events.
 */
export async function openHandlers(given: string | undefined, folder: string): Promise<HandlerSet> {
  if (given === undefined) return { ...(await loadHandlers(join(project, shopHandlers))), path: shopHandlers }
  const path = resolve(folder, given)
  const loaded = await loadHandlers(path).catch(advise)
  return isAbsolute(given)
    ? { ...loaded, path: given }
    : { ...loaded, path: relative(folder, path).replaceAll(sep, '/') }
}

const project = join(import.meta.dirname, '..')
const shopHandlers = 'examples/shop/handlers'

function advise(error: unknown): never {
  if (codeOf(error) !== 'not_found') throw error
  throw new CommitbaseError('not_found', `${messageOf(error)}; say with --handlers where they are`, { cause: error })
}
