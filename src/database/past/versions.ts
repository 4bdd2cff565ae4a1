import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import type { IndexView } from '../index/indexView.ts'
import { idDigits } from '../tables/tableFolder.ts'
import { recordLog } from './recordLog.ts'

/** A commit that changed a record, and its blob from then on; `null` where the commit deleted it. */
export interface VersionPlace {
  readonly commit: Oid
  readonly blob: Oid | null
}

/** Where a record's versions come from, newest first: `skip` of them left out, `limit` at most. */
export type FindVersions = (
  table: string,
  id: string,
  page: { readonly skip: number; readonly limit: number },
) => Promise<readonly VersionPlace[]>

/** The versions as the history tells them. The record's file lies in the table's folder or, after a split, in one of its two digits, at whatever depth. */
export function versionsFromLog(history: BranchHistory, basedir: Path): FindVersions {
  return async (table, id, { skip, limit }) => {
    const folder = [...basedir, table]
    const paths = [
      [...folder, `${id}.json`],
      [...folder, idDigits(id).slice(0, 2)],
    ]
    const entries = await recordLog(history, basedir, paths)
    const versions = entries.flatMap(({ commit, changes }) =>
      changes.filter((change) => change.id === id).map(({ after }) => ({ commit, blob: after })),
    )
    return versions.slice(skip, skip + limit)
  }
}

/** The versions as the index knows them or, where it does not know them all, as the other source does. */
export function versionsFromIndex(index: IndexView, otherwise: FindVersions): FindVersions {
  return async (table, id, page) => index.versions(table, id, page) ?? (await otherwise(table, id, page))
}
