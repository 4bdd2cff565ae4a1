import type { Query } from '../queries/find.ts'
import type { OneOptions } from '../transactions/transaction.ts'
import { defineOperation } from './operation.ts'
import { count, ids, ifMatch, object, query, reasons, skip, sort, table } from './schemas.ts'

/** Deletes the first record that matches. */
export const deleteOne = defineOperation<{ table: string; query: Query } & OneOptions>({
  name: 'DELETEONE',
  text: 'Deletes the first record that matches a query.',
  parameters: { table, query, sort, skip, ifMatch },
  required: ['table', 'query'],
  result: object({ count, deletedRecordIds: ids }),
  errors: { invalid: reasons.query, conflict: reasons.ifMatch },
  writes: true,
  evaluate: ({ table, query, ...options }, tx) => tx.deleteOne(table, query, options),
})
