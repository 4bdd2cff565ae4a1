import type { JsonObject } from '../json/json.ts'
import type { Query } from '../queries/find.ts'
import type { OneOptions } from '../transactions/transaction.ts'
import { defineOperation } from './operation.ts'
import { count, ids, ifMatch, object, query, reasons, record, skip, sort, table } from './schemas.ts'

/** Sets fields of the first record that matches; other fields stay. */
export const updateOne = defineOperation<{ table: string; record: JsonObject; query: Query } & OneOptions>({
  name: 'UPDATEONE',
  text: 'Sets fields of the first record that matches a query. Its other fields stay.',
  parameters: { table, record, query, sort, skip, ifMatch },
  required: ['table', 'record', 'query'],
  result: object({ updatedCount: count, updatedRecordIds: ids }),
  errors: { invalid: `${reasons.record}; the update would change an _id; ${reasons.query}`, conflict: reasons.ifMatch },
  writes: true,
  evaluate: ({ table, record, query, ...options }, tx) => tx.updateOne(table, record, query, options),
})
