import type { JsonObject } from '../json/json.ts'
import type { Query } from '../queries/find.ts'
import type { ManyOptions } from '../transactions/transaction.ts'
import { defineOperation } from './operation.ts'
import { count, ids, ifMatch, limit, object, query, reasons, record, skip, sort, table } from './schemas.ts'

/** Sets fields of all records that match; other fields stay. */
export const updateMany = defineOperation<{ table: string; record: JsonObject; query: Query } & ManyOptions>({
  name: 'UPDATEMANY',
  text: 'Sets fields of all records that match a query; with `sort`, `skip` and `limit` some of them. Their other fields stay.',
  parameters: { table, record, query, sort, skip, limit, ifMatch },
  required: ['table', 'record', 'query'],
  result: object({ updatedCount: count, updatedRecordIds: ids }),
  errors: { invalid: `${reasons.record}; the update would change an _id; ${reasons.query}`, conflict: reasons.ifMatch },
  writes: true,
  evaluate: ({ table, record, query, ...options }, tx) => tx.updateMany(table, record, query, options),
})
