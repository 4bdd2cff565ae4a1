import { defineOperation } from './operation.ts'
import { at, blob, found, foundRecord, id, object, reasons, table } from './schemas.ts'

/** Gives one record by its id; reads nothing else. */
export const get = defineOperation<{ table: string; id: string; at?: string }>({
  name: 'GET',
  text: 'Gives the record of an id, and its blob id.',
  parameters: { table, id, at },
  required: ['table', 'id'],
  result: object({ found, record: foundRecord, blob }, ['blob']),
  errors: { invalid: reasons.ambiguous, not_found: reasons.at },
  writes: false,
  async evaluate({ table, id, at }, tx) {
    const record = await tx.get(table, id, { at })
    if (!record) return { found: false, record: {} }
    return { found: true, record, blob: await tx.blob(table, id, { at }) }
  },
})
