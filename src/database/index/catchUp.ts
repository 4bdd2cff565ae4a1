import { CommitbaseError, messageOf } from '../../errors.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { Path } from '../../git/trees/path.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { type DatabaseSettings, noSettings, readSettings } from '../tables/settings.ts'
import { tableFanout } from '../tables/tableFolder.ts'
import { allRecordChanges, folderAt, type RecordBlob, rootOf } from '../tables/treeChanges.ts'
import { asFound, type IndexedRecord, type RecordSource, readRecords } from './readRecords.ts'

export interface Distance {
  readonly from: Oid | null
  readonly to: Oid | null
  readonly base: Path
  /** The tables whose rows are at `from`. */
  readonly tables: readonly string[]
  readonly records: RecordSource
}

/** What the branch is at a commit: its settings, and its tables' folders. */
export interface Arrival {
  readonly settings: DatabaseSettings
  /** Why the settings could not be read. */
  readonly problem?: string
  readonly folders: ReadonlyMap<string, Oid | null>
  /** The records that changed, by table. */
  readonly changes: ReadonlyMap<string, ReadonlyMap<string, RecordBlob>>
  /** Those of tables in which not many changed. */
  readonly records: ReadonlyMap<string, readonly IndexedRecord[]>
}

/** So many records change their rows at once; more do it in slices. */
const mostAtOnce = 2_000

/** Compares two commits, whatever lies between them. Throws `not_found` where one is not there. */
export async function compareCommits({ from, to, base, tables, records: source }: Distance): Promise<Arrival> {
  const { read } = source
  const roots = { before: await rootOf(from, read), after: await rootOf(to, read) }
  const { settings, problem } = await settingsAt(roots.after, base, read)
  const changes = new Map<string, Map<string, RecordBlob>>()
  const records = new Map<string, IndexedRecord[]>()
  const folders = new Map<string, Oid | null>()
  for (const table of new Set([...tables, ...settings.indexes.keys()])) {
    const path = [...base, table]
    folders.set(table, await folderAt(roots.after, path, read))
    if (!tables.includes(table)) continue
    const differing = await allRecordChanges(await folderAt(roots.before, path, read), folders.get(table)!, read)
    const changed = new Map(await asFound(differing, tableFanout(new WorkingTree(roots.after, read), path)))
    changes.set(table, changed)
    if (changed.size <= mostAtOnce) records.set(table, await readRecords([...changed], source))
  }
  return { settings, problem, folders, changes, records }
}

async function settingsAt(root: Oid | null, base: Path, read: ReadObjects) {
  try {
    const tree = new WorkingTree(root, read)
    return { settings: await tree.now(() => readSettings(tree, base)) }
  } catch (error) {
    if (!(error instanceof CommitbaseError) || error.code !== 'invalid') throw error
    return { settings: noSettings, problem: messageOf(error) }
  }
}
