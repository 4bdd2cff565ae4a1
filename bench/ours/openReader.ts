import { randomBytes } from 'node:crypto'
import { runOperation } from '../../src/database/operations/operations.ts'
import { createNewId } from '../../src/database/tables/newId.ts'
import { createTransaction } from '../../src/database/transactions/treeTransaction.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { openOwned } from './openOwned.ts'

/** A repository folder opened as the hub opens it, to read at its head. */
export interface Reader {
  run(operation: string, parameters: object): Promise<unknown>
  /** Resolves when the indexes are built, and the versions that they know of. */
  settled(): Promise<void>
  close(): Promise<void>
}

export async function openReader(folder: string): Promise<Reader> {
  const storage = await openOwned(folder)
  const { branch } = storage
  const newId = createNewId({ now: Date.now, random: randomBytes })
  const workspace = await Workspace.open(storage.repository, [branch])
  return {
    run: (operation, parameters) => {
      const now = new Date().toISOString()
      const index = storage.index.at(workspace.tip(branch))
      const past = { history: workspace.history(branch), index }
      const transaction = createTransaction({ tree: workspace.tree(branch), basedir: 'db', now, newId, index, past })
      return runOperation(operation, parameters, transaction)
    },
    settled: () => storage.index.settled(),
    close: () => storage.close(),
  }
}
