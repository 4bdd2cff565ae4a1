import { CommitbaseError } from '../errors.ts'
import type { IndexView } from './index/indexView.ts'
import { checkJson, isObject, type JsonObject, shown } from './json.ts'
import { lookUp } from './lookUp.ts'
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

/** Where a search looks: a table as it is in one state, and the indexes of that state. */
export interface Place {
  readonly table: Table
  readonly index?: IndexView
}

/** The page of what matches, whole records. */
export async function matchingPage(place: Place, { matcher, page }: Search, most?: number): Promise<StoredRecord[]> {
  const { records } = await lookUp(place.table, matcher, place.index)
  return pageOf(records, { ...page, limit: least(page.limit, most) }, matcher)
}

/** The page, `most` records at most, and how many match in all. */
export async function findIn(
  place: Place,
  { matcher, page }: Search,
  most?: number,
): Promise<Matches & { ids: string[] }> {
  const found = (await lookUp(place.table, matcher, place.index)).records
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
