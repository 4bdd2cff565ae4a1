import type { Environment } from '../../git/commands/git.ts'
import { openLocal } from '../../git/local/local.ts'
import { takeOwnership } from '../../git/local/owner.ts'
import type { Person } from '../../git/objects/commit.ts'
import { Writer } from '../../git/writer.ts'
import { createGitStore, engineRef } from './gitStore.ts'
import type { EngineStore } from './store.ts'

/**
 * An engine's store on a repository of its own in a folder, made where there is none. It owns the folder until it is closed, after the engine. Throws
 * `unavailable` where another process owns it.
 */
export async function openFolder(
  folder: string,
  { author, environment }: { author: Person; environment?: Environment },
): Promise<{ store: EngineStore; close: () => Promise<void> }> {
  const ownership = await takeOwnership(folder)
  try {
    const repository = await openLocal(folder, { ownership, ...(environment && { environment }) })
    const writer = new Writer({ repository, refs: [engineRef] })
    const close = async (): Promise<void> => {
      await writer.close()
      await repository.close()
      await ownership.release()
    }
    return { store: createGitStore({ repository, writer, author, clock: Date.now }), close }
  } catch (error) {
    await ownership.release()
    throw error
  }
}
