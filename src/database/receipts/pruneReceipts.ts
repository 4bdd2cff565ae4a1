import type { Repository } from '../../git/repository.ts'
import type { Path } from '../../git/trees/path.ts'
import { Workspace } from '../../git/workspace.ts'
import type { Writer } from '../../git/writer.ts'
import { parseBasedir } from '../tables/names.ts'
import { type Keeping, readSettings } from '../tables/settings.ts'
import { forgetThrough } from './forgetReceipts.ts'
import { type Receipt, receiptsRef } from './receipt.ts'
import { receiptsIn } from './receipts.ts'

export interface Pruning {
  readonly repository: Repository
  /** The repository's write door, opened with the receipts' ref among its refs, and with their fold. */
  readonly writer: Writer
  /** The ref whose settings say how long receipts are kept. */
  readonly branch: string
  /** The folder of the database, such as `db`. */
  readonly basedir: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Resolves when what has landed is in the trees of its refs. */
  readonly seal?: () => Promise<void>
  readonly signal?: AbortSignal
}

/**
 * Forgets the receipts that are too old or too many by the database's settings, oldest first, and never one behind which a cursor
 * stands, or that owes a message where there is no cursor. Gives how many. Others write meanwhile.
 *
 * An event whose receipt was forgotten is a new one when it comes again.
 */
export async function pruneReceipts(pruning: Pruning): Promise<number> {
  const { repository, writer, seal, signal } = pruning
  let forgotten = 0
  while (!signal?.aborted) {
    const old = await findOld(pruning)
    if (old.length === 0) break
    await writer.submit(async (workspace) => forgetThrough(workspace, old.at(-1)!.seq))
    await seal?.()
    forgotten += old.length
    if (await isStill(repository, old[0]!)) break
  }
  return forgotten
}

/** Receipts that go at a time. */
const pageSize = 1_000

/** The oldest receipts, as many of them as may go; at most a page. */
async function findOld({ repository, branch, basedir, now }: Pruning): Promise<Receipt[]> {
  const workspace = await Workspace.open(repository, [branch, receiptsRef])
  const base: Path = parseBasedir(basedir)
  const tree = workspace.tree(branch)
  const { receipts: keeping } = await tree.now(() => readSettings(tree, base))
  const receipts = receiptsIn(workspace)
  const [last, cursor] = [await receipts.last(), await lowestCursor(repository)]
  const isSent = ({ seq, messages }: Receipt) => (cursor === undefined ? messages.length === 0 : seq <= cursor)
  const mayGo = (receipt: Receipt) => isSent(receipt) && isTooMuch(receipt, last, now, keeping)
  // Mostly none may go, and the first one says so.
  const [first] = await receipts.after(0, 1)
  if (!first || !mayGo(first)) return []
  const page = await receipts.after(0, pageSize)
  const end = page.findIndex((receipt) => !mayGo(receipt))
  return end < 0 ? page : page.slice(0, end)
}

function isTooMuch({ seq, time }: Receipt, last: number, now: number, { days, most }: Keeping): boolean {
  return seq <= last - most || Date.parse(time) < now - days * day
}

/** Milliseconds. */
const day = 24 * 3_600_000

/** Where the consumer is that has come the least far; nothing where there is none. */
async function lowestCursor(repository: Repository): Promise<number | undefined> {
  const oids = [...(await repository.refs(['refs/commitbase/cursors/'])).values()]
  const blobs = await repository.read(oids)
  const places = blobs.map(({ body }) => Number(JSON.parse(body.toString()).seq))
  return places.length === 0 ? undefined : Math.min(...places)
}

/** Whether the fold has not taken it away, so that asking for the oldest would give the same ones. */
async function isStill(repository: Repository, { seq }: Receipt): Promise<boolean> {
  const [oldest] = await receiptsIn(await Workspace.open(repository, [receiptsRef])).after(0, 1)
  return oldest?.seq === seq
}
