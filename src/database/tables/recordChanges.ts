import { takeBreaths } from '../../git/breath.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { FileChange } from '../../git/history/history.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { nameProblem } from './names.ts'
import { tableFanout } from './tableFolder.ts'

export interface RecordName {
  readonly table: string
  readonly id: string
}

/** No table's name has a slash in it. */
export function keyOf({ table, id }: RecordName): string {
  return `${table}/${id}`
}

/** A record's blob before and after a commit; `null` where it was not there. */
export interface RecordChange extends RecordName {
  readonly before: Oid | null
  readonly after: Oid | null
}

/** The records among those files. One that only moved to another folder, as a split moves it, did not change. Others have a turn now and then. */
export async function recordChanges(files: readonly FileChange[], basedir: Path): Promise<RecordChange[]> {
  const changes = new Map<string, RecordChange>()
  const breath = takeBreaths()
  for (const { path, before, after } of files) {
    const pause = breath()
    if (pause) await pause
    const place = placeOf(path.slice(basedir.length))
    if (!place) continue
    const key = keyOf(place)
    const other = changes.get(key)
    changes.set(key, { ...place, before: before ?? other?.before ?? null, after: after ?? other?.after ?? null })
  }
  return [...changes.values()].filter(({ before, after }) => before !== after)
}

/** The record's blob at a commit. */
export async function blobAt(
  history: BranchHistory,
  commit: Oid,
  basedir: Path,
  { table, id }: RecordName,
): Promise<Oid | null> {
  const entry = await tableFanout(await history.tree(commit), [...basedir, table]).find(id)
  return entry?.oid ?? null
}

/** `<table>/<two digits>/…/<id>.json`. */
function placeOf(path: Path): RecordName | undefined {
  const [table, ...rest] = path
  const file = rest.pop()
  if (table === undefined || !file?.endsWith('.json') || !rest.every((name) => /^[0-9a-f]{2}$/.test(name)))
    return undefined
  const id = file.slice(0, -'.json'.length)
  return nameProblem(table) === undefined && nameProblem(id) === undefined ? { table, id } : undefined
}
