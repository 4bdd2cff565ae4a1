import type { ChangesOptions } from '../past/changes.ts'
import { defineOperation } from './operation.ts'
import { at, commit, object, storedRecord, story, table } from './schemas.ts'

const change = object(
  {
    table: { type: 'string' },
    id: { type: 'string' },
    kind: { enum: ['inserted', 'updated', 'deleted'] },
    record: storedRecord,
    problem: { type: 'string' },
  },
  ['record', 'problem'],
)

/** What changed since a commit, for consumers. */
export const changes = defineOperation<ChangesOptions>({
  name: 'CHANGES',
  text: "Lists the commits that changed records since a commit, oldest first, along the branch's own line: a merge is one of them. Give `next` as `since` to go on.",
  parameters: {
    since: { ...at, description: `What came after it (default: everything). ${at.description}` },
    table: { ...table, description: 'Of one table alone.' },
    limit: { type: 'integer', minimum: 1, maximum: 10_000, description: 'How many commits at most (100).' },
    records: { type: 'boolean', description: 'false: leave the records themselves out.' },
  },
  required: [],
  result: object(
    {
      commits: {
        type: 'array',
        items: object({ ...story, changes: { type: 'array', items: change } }, ['event', 'operation']),
      },
      next: commit,
      head: commit,
      more: { type: 'boolean', description: 'Whether there is more behind next.' },
    },
    ['next', 'head'],
  ),
  errors: {
    invalid: 'since is neither a commit nor a time, or begins more than one commit',
    not_found: 'since is no commit of the branch',
  },
  writes: false,
  evaluate: (options, tx) => tx.changes(options),
})
