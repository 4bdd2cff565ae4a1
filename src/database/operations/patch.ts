import type { Patch } from '../tables/patch.ts'
import type { IfMatch } from '../transactions/precondition.ts'
import { defineOperation } from './operation.ts'
import { id, ifMatch, reasons, storedRecord, table } from './schemas.ts'

/** Changes some of a record. Gives it as stored. */
export const patch = defineOperation<{ table: string; id: string; patch: Patch; ifMatch?: IfMatch }>({
  name: 'PATCH',
  text: 'Changes a record by a merge patch (an object, RFC 7386) or by a JSON Patch (a list of operations, RFC 6902). Its _id stays.',
  parameters: {
    table,
    id,
    patch: {
      type: ['object', 'array'],
      items: { type: 'object' },
      description: 'An object is merged, and null takes a key away; a list is done in its order, or not at all.',
    },
    ifMatch,
  },
  required: ['table', 'id', 'patch'],
  result: storedRecord,
  errors: {
    invalid: `the patch cannot be done, or changes the _id; ${reasons.record}`,
    not_found: 'there is no such record',
    conflict: `a test operation failed; ${reasons.ifMatch}`,
  },
  writes: true,
  evaluate: ({ table, id, patch, ifMatch }, tx) => tx.patch(table, id, patch, { ifMatch }),
})
