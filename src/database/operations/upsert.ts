import type { JsonObject } from '../json.ts'
import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { query, record, storedRecord, table } from './schemas.ts'

/** Replaces the record that matches `query`, or that has the record's `_id`; inserts it where none does. Gives the record as stored. */
export const upsert = defineOperation<{ table: string; record: JsonObject; query?: Query }>({
  name: 'UPSERT',
  text: 'Replaces the record that matches a query or has the _id, or inserts it.',
  parameters: { table, record, query },
  required: ['table', 'record'],
  result: storedRecord,
  writes: true,
  evaluate: ({ table, record, query }, tx) => tx.upsert(table, record, query),
})
