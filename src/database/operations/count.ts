import type { FindOptions, Query } from '../queries/find.ts'
import { defineOperation } from './operation.ts'
import { at, limit, count as number, object, query, reasons, skip, table } from './schemas.ts'

/** Counts the records that match, or all there are. */
export const count = defineOperation<{ table: string; query?: Query } & FindOptions>({
  name: 'COUNT',
  text: 'Counts the records that match a query, or all of a table; with `skip` and `limit` those of a page.',
  parameters: { table, query, skip, limit, at },
  required: ['table'],
  result: object({ count: number }),
  errors: { invalid: `${reasons.query}; ${reasons.ambiguous}`, not_found: reasons.at },
  writes: false,
  evaluate: async ({ table, query, ...options }, tx) => ({ count: await tx.count(table, query, options) }),
})
