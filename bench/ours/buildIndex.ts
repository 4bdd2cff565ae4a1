import { createTransaction } from '../../src/database/transactions/treeTransaction.ts'
import type { Storage } from '../../src/hub/openStorage.ts'
import { table } from '../records.ts'
import { openOwned } from './openOwned.ts'

/** Opens a folder as the hub does, and waits until its index is where the branch is, and its records are known. */
export async function measure({ folder }: { readonly folder: string }): Promise<Record<never, never>> {
  const storage = await openOwned(folder)
  try {
    await storage.index.settled()
    await readAll(storage)
  } finally {
    await storage.close()
  }
  return {}
}

/** In life they were written here, by which their fingerprints became known; here git made them. */
async function readAll({ writer, branch, index }: Storage): Promise<void> {
  await writer.submit(async (workspace) => {
    const options = { tree: workspace.tree(branch), basedir: 'db', now: '', newId: () => '' }
    await createTransaction({ ...options, fingerprints: index.fingerprints }).count(table, { version: -1 })
  })
}
