import { decodeRecord, type StoredRecord } from '../database/tables/record.ts'
import { tableFanout } from '../database/tables/tableFolder.ts'
import type { Repository } from '../git/repository.ts'
import type { FanoutEntry } from '../git/trees/fanoutWays.ts'
import { Workspace } from '../git/workspace.ts'

/**
 * The records of those ids as they are committed now, all at one moment; nothing in the place of one that is not there. However
 * many they are, a remote is asked for their files once.
 */
export async function readRecords(
  repository: Repository,
  table: string,
  ids: readonly string[],
): Promise<(StoredRecord | undefined)[]> {
  const branch = await repository.head()
  const workspace = await Workspace.open(repository, [branch])
  const tree = workspace.tree(branch)
  const fanout = tableFanout(tree, ['db', table])
  const entries: (FanoutEntry | undefined)[] = []
  // One after the other: the folders that one has read, the next one need not fetch.
  for (const id of ids) entries.push(await fanout.find(id))
  const blobs = (await tree.readBlobs(entries.flatMap((entry) => entry?.oid ?? []))).values()
  return entries.map((entry) => entry && decodeRecord(blobs.next().value!, entry.key, entry.path.join('/')))
}
