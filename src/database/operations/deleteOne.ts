import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, ids, object, query, table } from './schemas.ts'

/** Deletes the first record that matches. */
export const deleteOne = defineOperation<{ table: string; query: Query }>({
  name: 'DELETEONE',
  text: 'Deletes the first record that matches a query.',
  parameters: { table, query },
  required: ['table', 'query'],
  result: object({ count, deletedRecordIds: ids }),
  writes: true,
  evaluate: ({ table, query }, tx) => tx.deleteOne(table, query),
})
