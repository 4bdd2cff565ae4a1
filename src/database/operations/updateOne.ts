import type { JsonObject } from '../json.ts'
import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, ids, object, query, record, table } from './schemas.ts'

/** Sets fields of the first record that matches; its other fields stay. */
export const updateOne = defineOperation<{ table: string; record: JsonObject; query: Query }>({
  name: 'UPDATEONE',
  text: 'Sets fields of the first record that matches a query.',
  parameters: { table, record, query },
  required: ['table', 'record', 'query'],
  result: object({ updatedCount: count, updatedRecordIds: ids }),
  writes: true,
  evaluate: ({ table, record, query }, tx) => tx.updateOne(table, record, query),
})
