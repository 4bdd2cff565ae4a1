import { CommitbaseError } from '../../errors.ts'
import { checkJson, isObject, type JsonObject, shown } from '../json/json.ts'
import type { Matcher } from './query.ts'

/** Which of the records that match, in which order, and what of them. Without `sort` the order is that of their ids. */
export interface Page {
  /** Paths and directions: 1 or -1. mingo decides how values compare; equal ones keep the order of their ids. */
  readonly sort?: Readonly<Record<string, 1 | -1>>
  readonly skip?: number
  readonly limit?: number
}

/** Checks and copies what came. Throws `invalid`. */
export function takePage<T extends Page>(page: T): T {
  const { sort, skip, limit } = page
  if (sort !== undefined) checkSort(sort)
  for (const [name, value] of Object.entries({ skip, limit }))
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0))
      throw new CommitbaseError('invalid', `${name} must be a whole number from 0; got ${shown(value)}`)
  return { ...page, ...(sort ? { sort: { ...sort } } : {}) }
}

/** The page of those records. */
export function pageOf<T extends JsonObject>(records: readonly T[], page: Page, matcher: Matcher): T[] {
  const { sort, skip = 0, limit } = page
  const sorted = sort && Object.keys(sort).length > 0 ? matcher.sort(records, sort) : records
  return sorted.slice(skip, limit === undefined ? undefined : skip + limit)
}

function checkSort(sort: unknown): void {
  if (!isObject(sort)) throw new CommitbaseError('invalid', `sort must be an object; got ${shown(sort)}`)
  checkJson(sort, 'sort')
  for (const [path, direction] of Object.entries(sort))
    if (direction !== 1 && direction !== -1)
      throw new CommitbaseError('invalid', `sort: ${shown(path)} must be 1 or -1; got ${shown(direction)}`)
}
