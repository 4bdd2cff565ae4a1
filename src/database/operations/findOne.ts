import { defineOperation } from '../operation.ts'
import type { Query } from '../transaction.ts'
import { count, foundRecord, object, query, table } from './schemas.ts'

/** Finds the first record that matches; `count` counts every match. */
export const findOne = defineOperation<{ table: string; query: Query }>({
  name: 'FINDONE',
  text: 'Finds the first record that matches a query.',
  parameters: { table, query },
  required: ['table', 'query'],
  result: object({ found: { type: 'boolean' }, count, record: foundRecord }),
  writes: false,
  async evaluate({ table, query }, tx) {
    const records = await tx.findMany(table, query)
    return { found: records.length > 0, count: records.length, record: records[0] ?? {} }
  },
})
