import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { IndexView } from '../index/indexView.ts'
import type { JsonObject } from '../json/json.ts'
import type { Changes, ChangesOptions } from '../past/changes.ts'
import type { DiffOptions, RecordDiff } from '../past/diff.ts'
import type { HistoryOptions, RecordHistory } from '../past/history.ts'
import type { PastOptions } from '../past/past.ts'
import type { Reverted, RevertOptions, RevertTarget } from '../past/revert.ts'
import type { FindOptions, Matches, Query } from '../queries/find.ts'
import type { Page } from '../queries/page.ts'
import type { KnownFingerprints } from '../tables/knownFingerprints.ts'
import type { Patch } from '../tables/patch.ts'
import type { StoredRecord } from '../tables/record.ts'
import type { TableChanges } from '../tables/table.ts'
import type { IfMatch, Precondition } from './precondition.ts'

/** One change of a record, a table (no `id`) or the whole database (no `table`), and the operation that made it. */
export interface Change {
  readonly operation: string
  readonly table?: string
  readonly id?: string
}

/**
 * Reads and writes records on one state of the database. Reads see the own writes; nobody else does until all of it is committed.
 * Calls run one after the other, also where the caller does not wait. Where several records match, the order is that of their ids
 * unless `sort` asks for another. `at` reads the past instead: a commit's id, 7 of its digits or more, or an ISO 8601 time.
 */
export interface DatabaseTransaction {
  get(table: string, id: string, options?: At): Promise<StoredRecord | undefined>
  findOne(table: string, query?: Query, options?: FindOptions): Promise<StoredRecord | undefined>
  findMany(table: string, query?: Query, options?: FindOptions): Promise<StoredRecord[]>
  /** The page that is asked for, how many records match in all, and where `blobs` asks for them the records' blob ids. */
  find(table: string, query?: Query, options?: FindOptions & { readonly blobs?: boolean }): Promise<Found>
  count(table: string, query?: Query, options?: Pick<FindOptions, 'skip' | 'limit' | 'at'>): Promise<number>
  /** How a find with that query is done: what leads to its records, and how many are looked at. */
  explain(table: string, query?: Query, options?: At): Promise<Explanation>
  /** The id of the blob that holds the record, for `ifMatch`; for what was written here, of the one that will. */
  blob(table: string, id: string, options?: At): Promise<string | undefined>
  /** Throws `conflict` where a record with that `_id` is there. */
  insert(table: string, record: Readonly<JsonObject>): Promise<StoredRecord>
  /** Replaces the record that matches the query or, without a match, the one with the record's `_id`; else inserts it, under the `_id` that the query asks for, if any. Gives it as stored. */
  upsert(table: string, record: Readonly<JsonObject>, query?: Query, options?: Precondition): Promise<StoredRecord>
  /** Changes a record by a merge patch (an object, RFC 7386) or a JSON Patch (a list, RFC 6902). Throws `not_found` where it is not there. */
  patch(table: string, id: string, patch: Patch, options?: Pick<Precondition, 'ifMatch'>): Promise<StoredRecord>
  /** Sets the fields of the first record that matches; the others stay. */
  updateOne(table: string, fields: Readonly<JsonObject>, query: Query, options?: OneOptions): Promise<Updated>
  updateMany(table: string, fields: Readonly<JsonObject>, query: Query, options?: ManyOptions): Promise<Updated>
  deleteOne(table: string, query: Query, options?: OneOptions): Promise<Deleted>
  deleteMany(table: string, query: Query, options?: ManyOptions): Promise<Deleted>
  dropTable(table: string): Promise<{ table: string }>
  dropDatabase(): Promise<{ droppedDB: true }>
  /** The names of the tables that are there, in their order. */
  tables(options?: At): Promise<string[]>
  /** The versions of a record that are committed, newest first. */
  history(table: string, id: string, options?: HistoryOptions): Promise<RecordHistory>
  /** What differs between two committed versions of a record. */
  diff(table: string, id: string, options?: DiffOptions): Promise<RecordDiff>
  /** The commits that changed records since one of them, oldest first. */
  changes(options?: ChangesOptions): Promise<Changes>
  /** Undoes what an event, or a commit, did to records. Throws `conflict` where later commits changed the same ones. */
  revert(target: RevertTarget, options?: RevertOptions): Promise<Reverted>
  /** What was changed so far, in the order of the calls. */
  readonly changed: readonly Change[]
  /** Ends it, for who commits it: waits for the calls under way, throws what one of them throws, and gives what to write. */
  finish(): Promise<TableChanges[]>
}

/** The state at that commit or time instead of the newest. */
export interface At {
  readonly at?: string
}

/** `index`: the fields of the index that led to the records, `_id` where the query names it; `null` where the whole table was read, and `reason` says why. */
export interface Explanation {
  readonly index: string | null
  readonly reason?: string
  /** How many records were looked at. */
  readonly examined: number
  readonly found: number
}

export interface Found extends Matches {
  /** In the order of the records. */
  readonly blobs?: readonly string[]
}

/** Which one is the first. */
export interface OneOptions extends Pick<Page, 'sort' | 'skip'> {
  readonly ifMatch?: IfMatch
}

export interface ManyOptions extends Page {
  readonly ifMatch?: IfMatch
}

/** The records that matched, changed or not. */
export interface Updated {
  readonly updatedCount: number
  readonly updatedRecordIds: readonly string[]
}

export interface Deleted {
  readonly count: number
  readonly deletedRecordIds: readonly string[]
}

export interface TransactionOptions {
  readonly tree: WorkingTree
  /** The folder of the tables, such as `db`. */
  readonly basedir: string
  /** The commit's time, ISO 8601 UTC: what `_updated` becomes. */
  readonly now: string
  /** The id of a record that has none: a UUIDv7. */
  readonly newId: () => string
  /** The indexes as they serve the tree's commit; without them each find reads the whole table. */
  readonly index?: IndexView
  /** What is known of what blobs say; without it each record that a write replaces is read. */
  readonly fingerprints?: KnownFingerprints
  /** Without it nothing of the past can be read. */
  readonly past?: PastOptions
}
