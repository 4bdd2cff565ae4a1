import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, object, query, table } from './schemas.ts'

/** Tells how a find is done. */
export const explain = defineOperation<{ table: string; query?: Query }>({
  name: 'EXPLAIN',
  text: 'Tells which index leads to the records that match a query, or why none does, and how many records are looked at.',
  parameters: { table, query },
  required: ['table'],
  result: {
    ...object({ index: { type: ['string', 'null'] }, examined: count, found: count, reason: { type: 'string' } }),
    required: ['index', 'examined', 'found'],
  },
  writes: false,
  evaluate: ({ table, query }, tx) => tx.explain(table, query),
})
