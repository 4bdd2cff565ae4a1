import type { JsonObject } from '../json/json.ts'
import type { Query } from '../queries/find.ts'
import type { Precondition } from '../transactions/precondition.ts'
import { defineOperation } from './operation.ts'
import { ifAbsent, ifMatch, query, reasons, record, storedRecord, table } from './schemas.ts'

/** Replaces the record that matches `query`, or that has the record's `_id`; inserts it where none does. Gives the record as stored. */
export const upsert = defineOperation<{ table: string; record: JsonObject; query?: Query } & Precondition>({
  name: 'UPSERT',
  text: 'Replaces the record that matches a query or has the _id, or inserts it.',
  parameters: { table, record, query, ifMatch, ifAbsent },
  required: ['table', 'record'],
  result: storedRecord,
  errors: {
    invalid: `${reasons.record}; ${reasons.query}`,
    conflict: `${reasons.ifMatch}; ifAbsent, and the record is there; ${reasons.twin}`,
  },
  writes: true,
  evaluate({ table, record, query, ifMatch, ifAbsent }, tx) {
    const precondition = ifMatch === undefined && ifAbsent === undefined ? undefined : { ifMatch, ifAbsent }
    return tx.upsert(table, record, query, precondition)
  },
})
