import { CommitbaseError } from '../../errors.ts'
import type { BranchHistory } from '../../git/history/branchHistory.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Path } from '../../git/trees/path.ts'
import { commitAt } from '../queries/at.ts'
import { diffDocuments, type PatchStep } from '../tables/patch.ts'
import type { StoredRecord } from '../tables/record.ts'
import { blobAt } from '../tables/recordChanges.ts'
import { contentOf } from './history.ts'
import type { FindVersions, VersionPlace } from './versions.ts'

export interface DiffOptions {
  /** The older version: a commit or a time. Default: the version before `to`. */
  readonly from?: string
  /** The newer version. Default: the newest where `from` is given, else the record's last version. */
  readonly to?: string
}

export interface RecordDiff {
  readonly from: Side
  readonly to: Side
  /** A JSON Patch (RFC 6902) that makes the second of the first. */
  readonly patch: readonly PatchStep[]
}

interface Side {
  /** Nothing before the first version. */
  readonly commit?: Oid
  /** Nothing where the record was not there. */
  readonly blob?: Oid
}

export interface DiffContext {
  readonly history: BranchHistory
  readonly basedir: Path
  readonly find: FindVersions
}

/** What differs between two versions of a record. Throws `not_found` where it was in neither. */
export async function diffOf(
  context: DiffContext,
  table: string,
  id: string,
  options: DiffOptions = {},
): Promise<RecordDiff> {
  const { from, to } = await sidesOf(context, table, id, options)
  if (from.blob === undefined && to.blob === undefined)
    throw new CommitbaseError('not_found', `there is no version of '${id}' in ${table} to compare; look at its HISTORY`)
  const [before, after] = [await recordOf(context, id, from), await recordOf(context, id, to)]
  return { from, to, patch: diffDocuments(before, after) }
}

async function sidesOf(context: DiffContext, table: string, id: string, { from, to }: DiffOptions) {
  const { history } = context
  if (from === undefined && to === undefined) {
    const [last, before] = await lastTwo(context, table, id, history.tip)
    return { from: sideOf(before), to: sideOf(last) }
  }
  const newer = to === undefined ? history.tip : await commitAt(history, to, 'to')
  const older =
    from === undefined
      ? ((await lastTwo(context, table, id, newer))[1]?.commit ?? null)
      : await commitAt(history, from, 'from')
  return { from: await sideAt(context, table, id, older), to: await sideAt(context, table, id, newer) }
}

/** The version that the record had at that commit, and the one that the branch had before it. */
async function lastTwo({ history, find }: DiffContext, table: string, id: string, commit: Oid | null) {
  let state = commit
  const found: VersionPlace[] = []
  for (let skip = 0; state !== null; skip += together) {
    const versions = await find(table, id, { skip, limit: together })
    for (const version of versions) {
      if (state === null || !(await history.isBehind(version.commit, state))) continue
      found.push(version)
      if (found.length === 2) return found
      state = await history.before(version.commit)
    }
    if (versions.length < together) break
  }
  return found
}

const together = 100

async function sideAt({ history, basedir }: DiffContext, table: string, id: string, commit: Oid | null): Promise<Side> {
  return commit === null ? {} : sideOf({ commit, blob: await blobAt(history, commit, basedir, { table, id }) })
}

function sideOf(version: { commit: Oid; blob: Oid | null } | undefined): Side {
  if (!version) return {}
  return { commit: version.commit, ...(version.blob === null ? {} : { blob: version.blob }) }
}

async function recordOf(
  { history }: DiffContext,
  id: string,
  { commit, blob }: Side,
): Promise<StoredRecord | undefined> {
  if (blob === undefined) return undefined
  const [bytes] = await history.blobs([blob])
  const content = contentOf(bytes!, id)
  if ('record' in content) return content.record
  throw new CommitbaseError(
    'invalid',
    `the file of '${id}' at commit ${commit} holds no record: ${content.problem}; compare other versions`,
  )
}
