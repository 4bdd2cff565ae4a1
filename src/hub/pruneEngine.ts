import { parseBasedir } from '../database/tables/names.ts'
import { readSettings } from '../database/tables/settings.ts'
import { type HistoryPruning, pruneHistory } from '../engine/storage/pruneHistory.ts'
import { commitbase } from '../git/objects/ownCommits.ts'
import { Workspace } from '../git/workspace.ts'

export interface EnginePruning extends Pick<HistoryPruning, 'repository' | 'writer' | 'now'> {
  /** The ref whose settings say how long the engine's history is kept. */
  readonly branch: string
  /** The folder of the database, such as `db`. */
  readonly basedir: string
}

/** Gives up the embedded engine's old history, as the database's settings say. Gives whether there was any. */
export async function pruneEngine({ branch, basedir, ...pruning }: EnginePruning): Promise<boolean> {
  const tree = (await Workspace.open(pruning.repository, [branch])).tree(branch)
  const base = parseBasedir(basedir)
  const { engine: keeping } = await tree.now(() => readSettings(tree, base))
  return await pruneHistory({ ...pruning, keeping, author: commitbase })
}
