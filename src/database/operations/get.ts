import { defineOperation } from '../operation.ts'
import { foundRecord, object, table } from './schemas.ts'

/** Gives one record by its id; reads nothing else. */
export const get = defineOperation<{ table: string; id: string }>({
  name: 'GET',
  text: 'Gives the record of an id.',
  parameters: { table, id: { type: 'string', description: 'The _id of the record.' } },
  required: ['table', 'id'],
  result: object({ found: { type: 'boolean' }, record: foundRecord }),
  writes: false,
  async evaluate({ table, id }, tx) {
    const record = await tx.get(table, id)
    return { found: record !== undefined, record: record ?? {} }
  },
})
