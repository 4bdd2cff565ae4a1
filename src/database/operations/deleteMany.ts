import type { Query } from '../queries/find.ts'
import type { ManyOptions } from '../transactions/transaction.ts'
import { defineOperation } from './operation.ts'
import { count, ids, ifMatch, limit, object, query, reasons, skip, sort, table } from './schemas.ts'

/** Deletes all records that match. */
export const deleteMany = defineOperation<{ table: string; query: Query } & ManyOptions>({
  name: 'DELETEMANY',
  text: 'Deletes all records that match a query; with `sort`, `skip` and `limit` some of them.',
  parameters: { table, query, sort, skip, limit, ifMatch },
  required: ['table', 'query'],
  result: object({ count, deletedRecordIds: ids }),
  errors: { invalid: reasons.query, conflict: reasons.ifMatch },
  writes: true,
  evaluate: ({ table, query, ...options }, tx) => tx.deleteMany(table, query, options),
})
