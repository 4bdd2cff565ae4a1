import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { commitAt } from '../queries/at.ts'
import type { StoredRecord } from '../tables/record.ts'
import { type RecordChange, recordChanges } from '../tables/recordChanges.ts'
import { type CommitStory, storyOf } from './commitStory.ts'
import { contentOf, defaultLimit } from './history.ts'

export interface ChangesOptions {
  /** A commit or a time: what came after it. Default: everything there ever was. */
  readonly since?: string
  /** Of one table alone. */
  readonly table?: string
  /** How many commits at most. Default: 100. */
  readonly limit?: number
  /** Whether the records as they became are told, too. Default: yes. */
  readonly records?: boolean
}

export interface Changes {
  /** Those that changed records, oldest first. */
  readonly commits: readonly ChangedCommit[]
  /** What to give as `since` to go on from here; nothing before the first commit. */
  readonly next?: Oid
  /** The newest commit of the branch. */
  readonly head?: Oid
  /** Whether there is more behind `next`. */
  readonly more: boolean
}

interface ChangedCommit extends CommitStory {
  readonly changes: readonly ChangedRecord[]
}

interface ChangedRecord {
  readonly table: string
  readonly id: string
  readonly kind: 'inserted' | 'updated' | 'deleted'
  readonly record?: StoredRecord
  readonly problem?: string
}

/**
 * What changed since a commit, one step of the branch's own line after the other: a consumer that does each of them has the records
 * of that commit. A merge is one step, with all that it brought. Moves by a split are no changes.
 */
export async function changesSince(
  history: BranchHistory,
  basedir: Path,
  { since, table, limit = defaultLimit, records = true }: ChangesOptions = {},
): Promise<Changes> {
  const from = since === undefined ? null : await commitAt(history, since, 'since')
  if (history.tip === null) return { commits: [], more: false }
  const line = await history.lineSince(from ?? undefined)
  await history.prepare()
  const commits: ChangedCommit[] = []
  let last = from
  for (const commit of line) {
    if (commits.length === limit) break
    const path = table === undefined ? basedir : [...basedir, table]
    const changes = await recordChanges(await history.compare(last, commit, [path]), basedir)
    if (changes.length > 0) commits.push(await tell(history, commit, changes, records))
    last = commit
  }
  return { commits, ...(last === null ? {} : { next: last }), head: history.tip, more: last !== history.tip }
}

async function tell(
  history: BranchHistory,
  commit: Oid,
  changes: readonly RecordChange[],
  records: boolean,
): Promise<ChangedCommit> {
  const bytes = records ? await history.blobs(changes.flatMap(({ after }) => after ?? [])) : []
  let at = 0
  const told = changes.map(({ table, id, before, after }): ChangedRecord => {
    if (after === null) return { table, id, kind: 'deleted' }
    return {
      table,
      id,
      kind: before === null ? 'inserted' : 'updated',
      ...(records ? contentOf(bytes[at++]!, id) : {}),
    }
  })
  return { ...storyOf(commit, await history.commit(commit)), changes: told }
}
