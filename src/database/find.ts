import { CommitbaseError } from '../errors.ts'
import { checkJson, isObject, type JsonObject, shown } from './json.ts'
import { type Page, pageOf, takePage } from './page.ts'
import { compileQuery, type Matcher } from './query.ts'
import type { StoredRecord } from './record.ts'
import type { Table } from './table.ts'

/** A document whose keys must be equal, or fulfil their MongoDB operators. */
export type Query = Readonly<JsonObject>

export interface FindOptions extends Page {
  /** Which fields of the records are given, as MongoDB's projection; mingo decides what it means. */
  readonly project?: Readonly<JsonObject>
  /** The state at that commit or time instead of the newest. */
  readonly at?: string
}

/** What matched, and the page of it that was asked for. */
export interface Matches {
  /** Of all that match, whatever the page. */
  readonly count: number
  readonly records: StoredRecord[]
}

/** A search, checked and ready. */
export interface Search {
  readonly matcher: Matcher
  readonly page: FindOptions
}

/** Checks and copies what came. Throws `invalid`. */
export function takeSearch(query: unknown, options: FindOptions = {}): Search {
  const { project } = options
  if (project !== undefined) {
    if (!isObject(project)) throw new CommitbaseError('invalid', `project must be an object; got ${shown(project)}`)
    checkJson(project, 'project')
  }
  return { matcher: compileQuery(query), page: takePage(options) }
}

/** All of the table that match, in the order of their ids. */
async function matching(table: Table, matcher: Matcher): Promise<StoredRecord[]> {
  const candidates = await candidatesFor(table, matcher)
  return candidates.filter((record) => matcher.matches(record))
}

/** The page of what matches, whole records. */
export async function matchingPage(table: Table, { matcher, page }: Search, most?: number): Promise<StoredRecord[]> {
  return pageOf(await matching(table, matcher), { ...page, limit: least(page.limit, most) }, matcher)
}

/** The page, `most` records at most, and how many match in all. */
export async function findIn(
  table: Table,
  { matcher, page }: Search,
  most?: number,
): Promise<Matches & { ids: string[] }> {
  const found = await matching(table, matcher)
  const records = pageOf(found, { ...page, limit: least(page.limit, most) }, matcher)
  return { count: found.length, records: projected(records, matcher, page), ids: records.map(({ _id }) => _id) }
}

function least(limit: number | undefined, most: number | undefined): number | undefined {
  return limit === undefined ? most : Math.min(limit, most ?? limit)
}

function projected(records: StoredRecord[], matcher: Matcher, { project }: FindOptions): StoredRecord[] {
  if (project === undefined || Object.keys(project).length === 0) return records
  return matcher.project(records, project) as StoredRecord[]
}

async function candidatesFor(table: Table, { id }: Matcher): Promise<StoredRecord[]> {
  if (id === undefined) return await table.scan()
  const record = await table.get(id)
  return record ? [record] : []
}
