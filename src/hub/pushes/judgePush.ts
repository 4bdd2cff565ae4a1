import { checkPush } from '../../database/checks/checkTree.ts'
import { checkReceipts } from '../../database/receipts/checkReceipts.ts'
import { receiptsRef } from '../../database/receipts/receipt.ts'
import { isRequestOf } from '../../events/inboxRequest.ts'
import type { PushedObjects } from '../../git/local/quarantine.ts'
import { treeOf } from '../../git/objects/commit.ts'
import type { GitObject, Oid } from '../../git/objects/object.ts'
import { decodeEntry, inboxFolder } from '../../git/shared/inbox.ts'
import { decodeLease, leaseRef } from '../../git/shared/lease.ts'
import type { PushedRef } from '../happening.ts'

export interface PushRules {
  /** The served branch, such as `refs/heads/main`. */
  readonly branch: string
  /** The folder of the database, such as `db`. */
  readonly basedir: string
}

/**
 * What is wrong with a push, a sentence each; none: it may land. The served branch only moves forward and breaks no record;
 * of `refs/commitbase/` receipts, inbox, lease and the Action's cursor are taken from outside (DESIGN §5); others are free.
 */
export async function judgePush(
  updates: readonly PushedRef[],
  rules: PushRules,
  objects: PushedObjects,
): Promise<string[]> {
  const problems: string[] = []
  for (const update of updates) problems.push(...(await judge(update, rules, objects)))
  return problems
}

async function judge(update: PushedRef, rules: PushRules, objects: PushedObjects): Promise<string[]> {
  const { ref } = update
  if (ref === rules.branch) return judgeBranch(update, rules, objects)
  if (ref === receiptsRef) return judgeReceipts(update, objects)
  if (ref === 'refs/commitbase/cursors/action') return judgeCursor(update, objects)
  if (ref === leaseRef) return judgeLease(update, objects)
  if (ref.startsWith(inboxFolder) && /^[0-9a-f]{64}$/.test(keyIn(ref))) return judgeEntry(update, objects)
  if (ref.startsWith('refs/commitbase/')) return [`${ref}: it is written by the hub alone; leave it out of the push`]
  if (ref.startsWith('refs/replace/')) return [`${ref}: objects of this repository cannot be replaced`]
  if (standsInTheWay(ref, rules.branch))
    return [`${ref}: no ${rules.branch} could be beside it, which records are committed to; choose another name`]
  return []
}

/** Git keeps a ref as a file in a folder: one cannot be the folder of another. The branch may not be there yet. */
function standsInTheWay(ref: string, branch: string): boolean {
  return ref.startsWith(`${branch}/`) || branch.startsWith(`${ref}/`)
}

async function judgeBranch(update: PushedRef, { basedir }: PushRules, objects: PushedObjects): Promise<string[]> {
  const behind = await judgeHistory(update, objects)
  if (behind.length > 0) return behind
  const before = update.from === null ? null : await rootOf(update.from, objects)
  const after = await rootOf(update.to!, objects)
  const problems = await checkPush(before, after, basedir, (oids) => objects.read(oids))
  // What is wrong with settings and schemas names their file itself.
  return problems.map(({ path, reason }) => (reason.startsWith(path) ? reason : `${path}: ${reason}`))
}

async function judgeReceipts(update: PushedRef, objects: PushedObjects): Promise<string[]> {
  const behind = await judgeHistory(update, objects)
  if (behind.length > 0) return behind
  const { ref, from, to } = update
  const before = from === null ? null : await rootOf(from, objects)
  const problems = await checkReceipts(before, await rootOf(to!, objects), (oids) => objects.read(oids))
  return problems.map((problem) => `${ref}: ${problem}`)
}

async function judgeHistory({ ref, from, to }: PushedRef, objects: PushedObjects): Promise<string[]> {
  if (to === null) return [`${ref}: it cannot be deleted`]
  if (!(await typed(to, 'commit', objects))) return [`${ref}: it must name a commit`]
  if (from === null || (await objects.isAncestor(from, to))) return []
  return [`${ref}: it only moves forward; fetch, merge or rebase onto what is there (git pull), and push again`]
}

async function judgeCursor({ ref, from, to }: PushedRef, objects: PushedObjects): Promise<string[]> {
  if (to === null) return [`${ref}: it cannot be deleted`]
  const before = from === null ? 0 : await sequenceIn(from, objects)
  const after = await sequenceIn(to, objects)
  if (after === undefined) return [`${ref}: it must name a blob {"seq": <number>}`]
  return before !== undefined && after < before ? [`${ref}: it only moves forward, from ${before}; got ${after}`] : []
}

async function judgeLease({ ref, to }: PushedRef, objects: PushedObjects): Promise<string[]> {
  if (to === null || decodeLease((await objects.read([to]))[0]!)) return []
  return [`${ref}: it must name a blob {"holder": "<writer>", "counter": <number>}`]
}

async function judgeEntry({ ref, to }: PushedRef, objects: PushedObjects): Promise<string[]> {
  if (to === null || isRequestOf(decodeEntry((await objects.read([to]))[0]!)?.request, keyIn(ref))) return []
  return [`${ref}: it must name a blob {"owner", "entered", "request"} that asks for the event of that key`]
}

function keyIn(ref: string): string {
  return ref.slice(inboxFolder.length)
}

async function rootOf(commit: Oid, objects: PushedObjects): Promise<Oid> {
  return treeOf((await typed(commit, 'commit', objects))!.body)
}

async function sequenceIn(oid: Oid, objects: PushedObjects): Promise<number | undefined> {
  const blob = await typed(oid, 'blob', objects)
  if (!blob || blob.body.length > longestCursor) return undefined
  try {
    const { seq } = Object(JSON.parse(blob.body.toString('utf8')))
    return Number.isSafeInteger(seq) && seq >= 0 ? seq : undefined
  } catch {
    return undefined
  }
}

/** Bytes. */
const longestCursor = 1_000

async function typed(oid: Oid, type: GitObject['type'], objects: PushedObjects): Promise<GitObject | undefined> {
  const [object] = await objects.read([oid])
  return object?.type === type ? object : undefined
}
