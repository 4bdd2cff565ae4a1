import type { JsonObject } from '../json/json.ts'
import { defineOperation } from './operation.ts'
import { reasons, record, storedRecord, table } from './schemas.ts'

/** Adds a record. Gives it as stored. */
export const insert = defineOperation<{ table: string; record: JsonObject }>({
  name: 'INSERT',
  text: 'Adds a record, and fails where its _id is there. Without an _id it gets a new one.',
  parameters: { table, record },
  required: ['table', 'record'],
  result: storedRecord,
  errors: { invalid: reasons.record, conflict: `a record with that _id is there; ${reasons.twin}` },
  writes: true,
  evaluate: ({ table, record }, tx) => tx.insert(table, record),
})
