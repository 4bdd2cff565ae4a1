import type { HistoryOptions } from '../past/history.ts'
import { defineOperation } from './operation.ts'
import { blob, found, id, object, skip, storedRecord, story, table } from './schemas.ts'

/** A record's versions, newest first. */
export const history = defineOperation<{ table: string; id: string } & HistoryOptions>({
  name: 'HISTORY',
  text: 'Lists the committed versions of a record, newest first: which commit and event made each, and the record as it was. Deletions are versions, too, and so is a merge that had to decide between two.',
  parameters: {
    table,
    id,
    skip,
    limit: { type: 'integer', minimum: 0, maximum: 10_000, description: 'How many versions at most (100).' },
  },
  required: ['table', 'id'],
  result: object({
    found,
    versions: {
      type: 'array',
      items: object(
        { ...story, deleted: { type: 'boolean' }, blob, record: storedRecord, problem: { type: 'string' } },
        ['event', 'operation', 'blob', 'record', 'problem'],
      ),
    },
    more: { type: 'boolean', description: 'Whether there are older ones.' },
  }),
  errors: { invalid: 'the table or the id is no name' },
  writes: false,
  evaluate: ({ table, id, ...options }, tx) => tx.history(table, id, options),
})
