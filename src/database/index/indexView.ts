import type { Oid } from '../../git/objects/object.ts'
import type { JsonObject } from '../json/json.ts'
import { isMisplaced } from '../tables/treeChanges.ts'
import { conditionsOf } from './conditions.ts'
import { uniqueKeys } from './indexEntries.ts'
import type { PendingCommits } from './pendingCommits.ts'
import { type Plan, plansFor } from './plan.ts'
import type { TableRows } from './tableRows.ts'
import type { IndexedTables } from './tables.ts'
import type { VersionHistory, VersionQuery } from './versionHistory.ts'
import type { RecordVersion } from './versionSegments.ts'

/** Records that may match a query, all that do among them; or why no index says. */
export type Candidates =
  | { readonly ids: readonly string[]; readonly indexes: readonly string[] }
  | { readonly ids: undefined; readonly reason: string }

/** The indexes as they serve one commit. */
export interface IndexView {
  /** `matches` is the query, compiled. Where an index gives more than `most`, it serves nobody. */
  candidates(table: string, query: JsonObject, matches: (record: JsonObject) => boolean, most?: number): Candidates
  /** The ids of records that may hold a key of the unique index on those fields; nothing where no index says. */
  owners(table: string, fields: readonly string[], key: Buffer): readonly string[] | undefined
  /** A record's versions up to the commit, newest first; nothing where they are not all known. */
  versions(table: string, id: string, query?: VersionQuery): readonly RecordVersion[] | undefined
}

export interface ViewState {
  readonly tables: IndexedTables
  readonly pending: PendingCommits
  /** The commit that the file is at. */
  readonly at: Oid | null
  readonly history?: VersionHistory
}

/** What the file says, and what commits that it does not have yet may have made of it. */
export function viewAt(commit: Oid | null, { tables, pending, at, history }: ViewState): IndexView {
  const isKnown = (name: string) => pending.covers(commit) && !pending.isBare(name)
  const ready = (name: string) => (isKnown(name) ? readyTable(tables, name) : behind)
  return {
    candidates(name, query, matches, most) {
      const table = ready(name)
      if (typeof table === 'string') return { ids: undefined, reason: table }
      const found = fewestOf(query, table, most)
      if (typeof found === 'string') return { ids: undefined, reason: found }
      const misplaced = found.ids.find(isMisplaced)
      if (misplaced) return { ids: undefined, reason: `${misplaced}.json is in a wrong folder` }
      return { ids: [...new Set([...found.ids, ...pending.find(name, matches)])], indexes: found.indexes }
    },
    owners(name, fields, key) {
      const table = ready(name)
      const purpose = nameOf(fields)
      const index = typeof table === 'string' ? undefined : uniqueIndex(table, purpose)
      if (!index) return undefined
      const pended = pending.owners(name, key, purpose, (record) => uniqueKeys(record, fields))
      return [...(table as TableRows).owners(index, key), ...pended]
    },
    versions(name, id, { skip = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      const made = pending.versions(commit, name, id)
      const older = made && history?.versions(at, name, id, { limit: skip + limit })
      return older && [...made, ...older].slice(skip, skip + limit)
    },
  }
}

const behind = 'the index has not caught up with this commit yet'

function readyTable(tables: IndexedTables, name: string): TableRows | string {
  const table = tables.get(name)
  if (!table) return `no index is declared for '${name}'`
  return table.isReady ? table : `the indexes of '${name}' are being built`
}

/** A field may have a comma in it. */
function nameOf(fields: readonly string[]): string {
  return JSON.stringify(fields)
}

function uniqueIndex(table: TableRows, purpose: string) {
  return table.indexes.find(({ unique, fields }) => unique && nameOf(fields) === purpose)
}

/** Looking at so many records is cheap whatever else there is. */
export const few = 100

/** The shortest list that an index gives; none where it would be most of the table, which is read faster as a whole. */
function fewestOf(
  query: JsonObject,
  table: TableRows,
  limit = Number.POSITIVE_INFINITY,
): { ids: string[]; indexes: string[] } | string {
  const asked = conditionsOf(query)
  const plans = asked ? plansFor(asked, table.indexes) : []
  if (plans.length === 0) return 'no index serves this query'
  let best: { ids: string[]; indexes: string[] } | undefined
  let most = Math.min(Math.max(few, Math.ceil(table.count / 4)), limit)
  for (const plan of plans) {
    const ids = idsOf(plan, table, most)
    if (!ids) continue
    best = { ids, indexes: plan.indexes.map(({ fields }) => fields.join(', ')) }
    if (ids.length <= few) break
    most = ids.length - 1
  }
  return best ?? 'an index would not spare looking at most of the table'
}

/** Nothing where there are more than `most`. */
function idsOf({ scans }: Plan, table: TableRows, most: number): string[] | undefined {
  const ids = new Set<string>()
  // A record may have several entries in a scan, which all count against the limit.
  const limit = most * 2 + 1
  for (const scan of scans) {
    const found = table.find(scan, limit)
    for (const id of found) ids.add(id)
    if (ids.size > most || found.length === limit) return undefined
  }
  return [...ids]
}
