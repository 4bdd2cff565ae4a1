import type { IndexView } from './index/indexView.ts'
import type { Matcher } from './query.ts'
import type { StoredRecord } from './record.ts'
import type { Table } from './table.ts'

/** Records that may match, all that do among them, in the order of their ids; and what led to them, or why nothing did. */
export interface LookUp {
  readonly records: readonly StoredRecord[]
  readonly index: string | null
  readonly reason?: string
}

/** Reads as few of a table's records as the query's `_id` or an index allows. What was written in this transaction no index knows. */
export async function lookUp(table: Table, matcher: Matcher, index?: IndexView): Promise<LookUp> {
  if (matcher.id !== undefined) return { records: await table.getAll([matcher.id]), index: '_id' }
  const candidates = index?.candidates(table.name, matcher.query, matcher.matches) ?? unindexed
  if (candidates.ids === undefined) return { records: await table.scan(), index: null, reason: candidates.reason }
  const records = await table.getAll([...candidates.ids, ...table.touched])
  return { records, index: candidates.indexes.join(' or ') }
}

const unindexed = { ids: undefined, reason: 'there are no indexes here' }
