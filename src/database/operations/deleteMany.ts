import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, ids, object, query, table } from './schemas.ts'

/** Deletes all records that match. */
export const deleteMany = defineOperation<{ table: string; query: Query }>({
  name: 'DELETEMANY',
  text: 'Deletes all records that match a query.',
  parameters: { table, query },
  required: ['table', 'query'],
  result: object({ count, deletedRecordIds: ids }),
  writes: true,
  evaluate: ({ table, query }, tx) => tx.deleteMany(table, query),
})
