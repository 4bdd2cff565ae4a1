import { type Candidates, few, type IndexView } from '../index/indexView.ts'
import type { Picked, Table } from '../tables/table.ts'
import type { Matcher } from './query.ts'

/** The records that match, in no order, and what led to them, or why nothing did. */
export interface LookUp extends Picked {
  readonly index: string | null
  readonly reason?: string
}

/** Looks at as few of a table's records as the query's `_id` or an index allows. */
export async function lookUp(table: Table, matcher: Matcher, index?: IndexView): Promise<LookUp> {
  const candidates = candidatesOf(table, matcher, index)
  const { matches } = matcher
  if (candidates.ids === undefined) return { ...(await table.scan(matches)), index: null, reason: candidates.reason }
  return { ...(await table.pick(candidates.ids, matches)), index: candidates.indexes.join(' or ') }
}

/** What was written in this transaction no index knows. */
function candidatesOf(table: Table, { id, listed, query, matches }: Matcher, index?: IndexView): Candidates {
  if (id !== undefined) return { ids: [id], indexes: byId }
  if (listed && listed.ids.size <= few) return { ids: [...listed.ids], indexes: byId }
  const asked = listed?.others ?? query
  const indexed = index?.candidates(table.name, asked, matches, listed?.ids.size) ?? unindexed
  if (indexed.ids === undefined) return listed ? { ids: [...listed.ids], indexes: byId } : indexed
  const ids = [...indexed.ids, ...table.touched]
  return { ...indexed, ids: listed ? ids.filter((id) => listed.ids.has(id)) : ids }
}

const byId = ['_id']

const unindexed = { ids: undefined, reason: 'there are no indexes here' }
