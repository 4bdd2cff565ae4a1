import type { FindOptions, Query } from '../queries/find.ts'
import { defineOperation } from './operation.ts'
import {
  at,
  blob,
  blobs,
  count,
  found,
  foundRecord,
  object,
  project,
  query,
  reasons,
  skip,
  sort,
  table,
} from './schemas.ts'

/** Finds the first record that matches; `count` counts every match. */
export const findOne = defineOperation<{ table: string; query: Query; blobs?: boolean } & FindOptions>({
  name: 'FINDONE',
  text: 'Finds the first record that matches a query. `count` counts every match.',
  parameters: { table, query, sort, skip, project, at, blobs },
  required: ['table', 'query'],
  result: object({ found, count, record: foundRecord, blob }, ['blob']),
  errors: { invalid: `${reasons.query}; ${reasons.ambiguous}`, not_found: reasons.at },
  writes: false,
  async evaluate({ table, query, ...options }, tx) {
    const { count, records, blobs } = await tx.find(table, query, { ...options, limit: 1 })
    return { found: records.length > 0, count, record: records[0] ?? {}, ...(blobs?.[0] ? { blob: blobs[0] } : {}) }
  },
})
