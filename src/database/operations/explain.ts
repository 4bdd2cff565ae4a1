import type { Query } from '../queries/find.ts'
import { defineOperation } from './operation.ts'
import { at, count, object, query, reasons, table } from './schemas.ts'

/** Tells how a find is done. */
export const explain = defineOperation<{ table: string; query?: Query; at?: string }>({
  name: 'EXPLAIN',
  text: 'Tells which index leads to the records that match a query, or why none does, and how many records are looked at.',
  parameters: { table, query, at },
  required: ['table'],
  result: {
    ...object({ index: { type: ['string', 'null'] }, examined: count, found: count, reason: { type: 'string' } }),
    required: ['index', 'examined', 'found'],
  },
  errors: { invalid: `${reasons.query}; ${reasons.ambiguous}`, not_found: reasons.at },
  writes: false,
  evaluate: ({ table, query, ...options }, tx) => tx.explain(table, query, options),
})
