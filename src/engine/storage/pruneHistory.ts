import type { Person } from '../../git/objects/commit.ts'
import type { Repository } from '../../git/repository.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { Writer } from '../../git/writer.ts'
import { enginePath } from '../state/paths.ts'
import { engineRef, historyFile } from './gitStore.ts'

/** Where the history is that went before the one of `engineRef`. */
export const engineBeforeRef = 'refs/commitbase/engine-before'

/** How long the engine's history goes on: so many days, or until so many keys were given out in it. */
export interface HistoryKeeping {
  readonly days: number
  readonly most: number
}

export interface HistoryPruning {
  readonly repository: Repository
  /** The repository's write door, opened with `engineRef` among its refs. */
  readonly writer: Writer
  readonly author: Person
  readonly keeping: HistoryKeeping
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Begins the engine's history anew once it has become too long: what led to the documents as they are now goes to `engineBeforeRef`, and what
 * was there is given up. So every step can be read for as long as `keeping` says, and none for twice as long; what runs sees nothing of it.
 * Gives whether it began anew. The engine may run, and save, meanwhile.
 */
export function pruneHistory({ repository, writer, author, keeping, now }: HistoryPruning): Promise<boolean> {
  return writer.submit(async (workspace) => {
    const tree = workspace.tree(engineRef)
    const engine = await readDocument<{ counter: number }>(tree, enginePath)
    if (engine === undefined) return false
    const { counter } = engine
    const begun = await readDocument<Begun>(tree, historyFile)
    if (begun !== undefined && !isTooLong(begun, { counter, now, keeping })) return false
    const beginsAnew = begun !== undefined
    if (beginsAnew) {
      const before = (await repository.refs([engineBeforeRef])).get(engineBeforeRef) ?? null
      workspace.follow(engineBeforeRef, before, engineRef)
    }
    const since: Begun = { since: new Date(now).toISOString(), counter }
    await tree.write([historyFile], Buffer.from(`${JSON.stringify(since, null, 2)}\n`))
    const message = beginsAnew ? 'Begin the history anew' : 'Say when the history begins'
    workspace.commit(engineRef, { message, author, time: now, beginsAnew })
    return beginsAnew
  })
}

/** When the history began, and how many keys had been given out by then. */
interface Begun {
  readonly since: string
  readonly counter: number
}

interface Length {
  readonly counter: number
  readonly now: number
  readonly keeping: HistoryKeeping
}

function isTooLong(begun: Begun, { counter, now, keeping }: Length): boolean {
  return now - Date.parse(begun.since) >= keeping.days * day || counter - begun.counter >= keeping.most
}

/** Milliseconds. */
const day = 24 * 3_600_000

async function readDocument<T>(tree: WorkingTree, file: string): Promise<T | undefined> {
  const bytes = await tree.read([file])
  return bytes && (JSON.parse(bytes.toString('utf8')) as T)
}
