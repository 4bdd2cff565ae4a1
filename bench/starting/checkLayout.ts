import { tableFanout } from '../../src/database/tables/tableFolder.ts'
import { openLocal } from '../../src/git/local/local.ts'
import { Workspace } from '../../src/git/workspace.ts'
import { idOf, table } from '../records.ts'

/**
 * Throws where the project's own code finds a table in a repository folder otherwise than it would have made it: a record that
 * is missing or in a wrong folder, or a folder that it would split. `samples`: how many records are looked for.
 */
export async function checkLayout(folder: string, size: number, samples: number): Promise<void> {
  const repository = await openLocal(folder, { environment: process.env, create: false })
  try {
    const branch = await repository.head()
    const fanout = tableFanout((await Workspace.open(repository, [branch])).tree(branch), ['db', table])
    const ids = Array.from({ length: Math.min(samples, size) }, (_, index) =>
      idOf(Math.floor((index * size) / samples)),
    )
    for (const id of ids) if (!(await fanout.find(id))) throw new Error(`${folder} has no record ${id}`)
    const moved = await fanout.splitFor(ids)
    if (moved > 0) throw new Error(`${folder} is not laid out as DESIGN §3 says: ${moved} files would move`)
    if (size <= 10_000 && (await fanout.count()) !== size) throw new Error(`${folder} does not hold ${size} records`)
  } finally {
    await repository.close()
  }
}
