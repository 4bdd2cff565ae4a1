import { CommitbaseError } from '../../errors.ts'
import { takeBreaths } from '../../git/breath.ts'
import type { IndexView } from '../index/indexView.ts'
import { checkJson, isObject, type JsonObject, shown } from '../json/json.ts'
import { inOrderOfIds, type StoredRecord } from '../tables/record.ts'
import { copyRecord } from '../tables/recordCache.ts'
import type { Picked, Table } from '../tables/table.ts'
import { lookUp } from './lookUp.ts'
import { type Page, pageOf, takePage } from './page.ts'
import { compileQuery, type Matcher } from './query.ts'

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
export async function matchingPage(place: Place, search: Search, most?: number): Promise<StoredRecord[]> {
  const { records } = await lookUp(place.table, search.matcher, place.index)
  return await copied(await pageIn(records, search, most))
}

/** The page, `most` records at most, and how many match in all. */
export async function findIn(place: Place, search: Search, most?: number): Promise<Matches & { ids: string[] }> {
  const found = (await lookUp(place.table, search.matcher, place.index)).records
  const page = await pageIn(found, search, most)
  return { count: found.length, records: await projected(page, search), ids: page.map(({ _id }) => _id) }
}

/** How many records of the page match. Where all are meant, none is read. */
export async function countIn({ table, index }: Place, { matcher, page }: Search): Promise<number> {
  const isAll = Object.keys(matcher.query).length === 0
  const count = isAll ? await table.count() : (await lookUp(table, matcher, index)).records.length
  return Math.max(0, Math.min(count - (page.skip ?? 0), page.limit ?? Number.POSITIVE_INFINITY))
}

async function pageIn(found: Records, { matcher, page }: Search, most: number | undefined): Promise<Records> {
  return pageOf(await inOrderOfIds(found), { ...page, limit: least(page.limit, most) }, matcher)
}

function least(limit: number | undefined, most: number | undefined): number | undefined {
  return limit === undefined ? most : Math.min(limit, most ?? limit)
}

/** Records of the caller's own. */
async function projected(records: Records, { matcher, page: { project } }: Search): Promise<StoredRecord[]> {
  if (project === undefined || Object.keys(project).length === 0) return await copied(records)
  return matcher.project(records, project) as StoredRecord[]
}

/** Others have a turn now and then. */
async function copied(records: Records): Promise<StoredRecord[]> {
  const breath = takeBreaths()
  const copies: StoredRecord[] = []
  for (const record of records) {
    copies.push(copyRecord(record))
    const pause = breath()
    if (pause) await pause
  }
  return copies
}

type Records = Picked['records']
