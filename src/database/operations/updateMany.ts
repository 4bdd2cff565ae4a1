import type { JsonObject } from '../json.ts'
import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, ids, object, query, record, table } from './schemas.ts'

/** Sets fields of all records that match; their other fields stay. */
export const updateMany = defineOperation<{ table: string; record: JsonObject; query: Query }>({
  name: 'UPDATEMANY',
  text: 'Sets fields of all records that match a query.',
  parameters: { table, record, query },
  required: ['table', 'record', 'query'],
  result: object({ updatedCount: count, updatedRecordIds: ids }),
  writes: true,
  evaluate: ({ table, record, query }, tx) => tx.updateMany(table, record, query),
})
