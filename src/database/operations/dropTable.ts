import { defineOperation } from './operation.ts'
import { object, table } from './schemas.ts'

/** Removes a table with all its records and its schema. */
export const dropTable = defineOperation<{ table: string }>({
  name: 'DROPTABLE',
  text: 'Removes a table with all its records.',
  parameters: { table },
  required: ['table'],
  result: object({ table }),
  errors: { invalid: 'the table is no name', conflict: 'something else than a folder lies in its place' },
  writes: true,
  evaluate: ({ table }, tx) => tx.dropTable(table),
})
