import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, object, query, storedRecord, table } from './schemas.ts'

/** Finds all records that match, or all there are. */
export const findMany = defineOperation<{ table: string; query?: Query }>({
  name: 'FINDMANY',
  text: 'Finds all records that match a query, or all of a table.',
  parameters: { table, query },
  required: ['table'],
  result: object({ found: { type: 'boolean' }, count, records: { type: 'array', items: storedRecord } }),
  writes: false,
  async evaluate({ table, query }, tx) {
    const records = await tx.findMany(table, query)
    return { found: records.length > 0, count: records.length, records }
  },
})
