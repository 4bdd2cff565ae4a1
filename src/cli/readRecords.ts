import { createTransaction } from '../database/transaction.ts'
import type { Repository } from '../git/repository.ts'
import { Workspace } from '../git/workspace.ts'

/** The records of those ids as they are committed now, all at one moment; nothing in the place of one that is not there. */
export async function readRecords(repository: Repository, table: string, ids: readonly string[]) {
  const branch = await repository.head()
  const workspace = await Workspace.open(repository, [branch])
  const tx = createTransaction({ tree: workspace.tree(branch), basedir: 'db', now: '', newId: () => '' })
  return Promise.all(ids.map((id) => tx.get(table, id)))
}
