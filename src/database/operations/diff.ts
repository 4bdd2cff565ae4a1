import type { DiffOptions } from '../past/diff.ts'
import { defineOperation } from './operation.ts'
import { at, blob, commit, id, object, patchSteps, reasons, table } from './schemas.ts'

/** What differs between two versions of a record. */
export const diff = defineOperation<{ table: string; id: string } & DiffOptions>({
  name: 'DIFF',
  text: 'Compares two committed versions of a record, by default its last two. Gives a JSON Patch (RFC 6902) that makes the second of the first.',
  parameters: {
    table,
    id,
    from: { ...at, description: `The older version (default: the one before to). ${at.description}` },
    to: { ...at, description: `The newer version (default: the newest). ${at.description}` },
  },
  required: ['table', 'id'],
  result: object({
    from: object({ commit, blob }, ['commit', 'blob']),
    to: object({ commit, blob }, ['commit', 'blob']),
    patch: patchSteps,
  }),
  errors: {
    invalid: `${reasons.ambiguous}; the file of a version holds no record`,
    not_found: 'the record was in neither version; from or to is no commit of the branch',
  },
  writes: false,
  evaluate: ({ table, id, from, to }, tx) => tx.diff(table, id, { from, to }),
})
