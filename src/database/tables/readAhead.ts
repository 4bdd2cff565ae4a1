import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { readSchema } from '../schemas/schema.ts'
import { parseBasedir } from './names.ts'
import { readSettings } from './settings.ts'
import { tableFanout } from './tableFolder.ts'

/**
 * Reads all at once what a write of that record will read, whatever it is: from a server, one after the other is a round trip
 * each. Throws as a write would.
 */
export async function readRecordAhead(tree: WorkingTree, basedir: string, table: string, id: string): Promise<void> {
  const folder = parseBasedir(basedir)
  const path = [...folder, table]
  const record = async () => {
    const entry = await tableFanout(tree, path).find(id)
    if (entry) await tree.readBlob(entry.oid)
  }
  const schema = async () => tree.now(() => readSchema(tree, path))
  const settings = async () => tree.now(() => readSettings(tree, folder))
  await Promise.all([record(), schema(), settings()])
}
