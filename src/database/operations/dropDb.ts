import { defineOperation } from './operation.ts'
import { object } from './schemas.ts'

/** Removes all tables. What else lies in the base folder, such as the database's settings, stays. */
export const dropDb = defineOperation<Record<string, never>>({
  name: 'DROPDB',
  text: 'Removes all tables.',
  parameters: {},
  required: [],
  result: object({ droppedDB: { const: true } }),
  errors: {},
  writes: true,
  evaluate: (_parameters, tx) => tx.dropDatabase(),
})
