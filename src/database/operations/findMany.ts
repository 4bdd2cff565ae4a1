import type { FindOptions, Query } from '../queries/find.ts'
import { defineOperation } from './operation.ts'
import {
  at,
  blob,
  blobs,
  count,
  found,
  limit,
  object,
  project,
  query,
  reasons,
  skip,
  sort,
  storedRecord,
  table,
} from './schemas.ts'

/** Finds all records that match, or all there are; of them a page. `count` counts every match, whatever the page. */
export const findMany = defineOperation<{ table: string; query?: Query; blobs?: boolean } & FindOptions>({
  name: 'FINDMANY',
  text: 'Finds all records that match a query, or all of a table; with `skip` and `limit` a page of them. `count` counts every match, `found` says whether a record is given.',
  parameters: { table, query, sort, skip, limit, project, at, blobs },
  required: ['table'],
  result: object(
    {
      found,
      count,
      records: { type: 'array', items: { ...storedRecord, required: [] } },
      blobs: { type: 'array', items: blob },
    },
    ['blobs'],
  ),
  errors: { invalid: `${reasons.query}; ${reasons.ambiguous}`, not_found: reasons.at },
  writes: false,
  async evaluate({ table, query, ...options }, tx) {
    const matches = await tx.find(table, query, options)
    return { found: matches.records.length > 0, ...matches }
  },
})
