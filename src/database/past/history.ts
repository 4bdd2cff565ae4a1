import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import { readRecord, type StoredRecord } from '../tables/record.ts'
import { type CommitStory, storyOf } from './commitStory.ts'
import type { FindVersions } from './versions.ts'

/** One state of a record, and the commit that made it. */
export interface Version extends CommitStory {
  readonly deleted: boolean
  /** Nothing where the commit deleted it. */
  readonly blob?: Oid
  readonly record?: StoredRecord
  /** Why the file of that version held no record, where a person's did not. */
  readonly problem?: string
}

export interface HistoryOptions {
  /** Default: 0. */
  readonly skip?: number
  /** Default: 100. */
  readonly limit?: number
}

export interface RecordHistory {
  readonly found: boolean
  /** Newest first. */
  readonly versions: readonly Version[]
  /** Whether there are older ones. */
  readonly more: boolean
}

export const defaultLimit = 100

/** A record's versions, from the newest back over deletions and splits. */
export async function historyOf(
  history: BranchHistory,
  find: FindVersions,
  table: string,
  id: string,
  { skip = 0, limit = defaultLimit }: HistoryOptions = {},
): Promise<RecordHistory> {
  const places = history.tip === null ? [] : await find(table, id, { skip, limit: limit + 1 })
  const shown = places.slice(0, limit)
  const commits = await history.commits(shown.map(({ commit }) => commit))
  const contents = await readContents(
    history,
    shown.flatMap(({ blob }) => blob ?? []),
    id,
  )
  const versions = shown.map(({ commit, blob }, index) => ({
    ...storyOf(commit, commits[index]!),
    deleted: blob === null,
    ...(blob === null ? {} : { blob, ...contents.get(blob)! }),
  }))
  return { found: versions.length > 0, versions, more: places.length > limit }
}

async function readContents(history: BranchHistory, blobs: readonly Oid[], id: string) {
  const bytes = await history.blobs(blobs)
  return new Map(blobs.map((blob, index) => [blob, contentOf(bytes[index]!, id)]))
}

/** The record that an old file holds; a person's that held none must not hide the others. */
export function contentOf(bytes: Buffer, id: string): { record: StoredRecord } | { problem: string } {
  const read = readRecord(bytes, id)
  return 'record' in read ? { record: read.record } : { problem: read.reason }
}
