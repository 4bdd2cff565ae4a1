import { isCalm } from '../index/conditions.ts'
import type { IndexView } from '../index/indexView.ts'
import type { Picked, Table } from '../tables/table.ts'
import type { Matcher } from './query.ts'

/** The records that match, in no order, and what led to them, or why nothing did. */
export interface LookUp extends Picked {
  readonly index: string | null
  readonly reason?: string
}

/** Looks at as few of a table's records as the query's `_id` or an index allows. What was written in this transaction no index knows. */
export async function lookUp(table: Table, { id, ids, query, matches }: Matcher, index?: IndexView): Promise<LookUp> {
  if (ids !== undefined && (id !== undefined || isCalm(query)))
    return { ...(await table.pick(ids, matches)), index: '_id' }
  const candidates = index?.candidates(table.name, query, matches) ?? unindexed
  if (candidates.ids === undefined) return { ...(await table.scan(matches)), index: null, reason: candidates.reason }
  const picked = await table.pick([...candidates.ids, ...table.touched], matches)
  return { ...picked, index: candidates.indexes.join(' or ') }
}

const unindexed = { ids: undefined, reason: 'there are no indexes here' }
