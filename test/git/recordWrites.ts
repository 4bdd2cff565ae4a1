import { createCipheriv } from 'node:crypto'
import type { TestContext } from 'node:test'
import { foldReceipts } from '../../src/database/receipts/foldReceipts.ts'
import { receiptsRef } from '../../src/database/receipts/receipt.ts'
import { applyEvent, type EventRequest } from '../../src/events/applyEvent.ts'
import type { Files } from '../../src/git/disk/files.ts'
import { aheadFile } from '../../src/git/local/ahead.ts'
import { type LocalRepository, openLocal } from '../../src/git/local/local.ts'
import { type Ownership, takeOwnership } from '../../src/git/local/owner.ts'
import { type GitObject, makeObject } from '../../src/git/objects/object.ts'
import { newFolder } from '../../src/git/testing/gitFolder.ts'
import { type RecordedDisk, recordDisk } from '../../src/git/testing/recordedDisk.ts'
import { seeded } from '../../src/git/testing/seeded.ts'
import { Writer } from '../../src/git/writer.ts'
import { onStep } from '../../src/step.ts'

export const branch = 'refs/heads/main'
/** Moves with every write, by itself: it says how many there were. */
export const cursor = 'refs/commitbase/cursors/count'
export const source = 'https://github.com/acme/shop'

/** A database in a folder of ours, as the hub opens it. */
export interface OpenDatabase {
  readonly repository: LocalRepository
  readonly writer: Writer
  /** For who may move refs of the folder meanwhile. */
  readonly secret: string
  close(): Promise<void>
}

export async function openDatabase(folder: string, files?: Files): Promise<OpenDatabase> {
  const ownership = await takeOwnership(folder)
  try {
    return await openOwned(folder, ownership, files)
  } catch (error) {
    await ownership.release()
    throw error
  }
}

async function openOwned(folder: string, ownership: Ownership, files?: Files): Promise<OpenDatabase> {
  const fold = foldReceipts({ name: 'Commitbase', email: 'commitbase@example.org' }, () => 0)
  const repository = await openLocal(folder, { ownership, fold, files })
  // With a clock that stands still, half of what waits is evaluated while the other half lands, whatever that takes.
  const writer = new Writer({ repository, refs: [branch, receiptsRef], fold, now: () => 0 })
  const close = async () => {
    await writer.close()
    await repository.close()
    await ownership.release()
  }
  return { repository, writer, secret: ownership.secret, close }
}

/** The write of that number: it leaves one commit and one receipt, and the cursor behind it. */
export function requestOf(number: number, size: number): EventRequest {
  const record = { _id: `r${number % 7}`, number, filler: noise(number, size) }
  const time = new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString()
  const event = { id: `e${number}`, source, type: 'write', time, data: {}, correlationid: `e${number}` }
  return { event, operation: { name: 'UPSERT', parameters: { table: 'stock', record } } }
}

/** Characters that cannot be made shorter. */
function noise(seed: number, length: number): string {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  return cipher.update(Buffer.alloc(length)).toString('base64').slice(0, length)
}

/** `count`: how many writes the cursor says that there were, and what it is to say now. */
export async function apply(
  { writer }: OpenDatabase,
  request: EventRequest,
  count?: () => readonly [from: number, to: number],
) {
  const context = { branch, basedir: 'db', clock: () => Date.parse(request.event.time), newId: () => 'new' }
  return await writer.submit(async (workspace) => {
    const applied = await applyEvent(request, context)(workspace)
    if (count === undefined) return applied
    const [from, to] = count()
    workspace.point(cursor, from === 0 ? null : countOf(from).oid, countOf(to))
    return applied
  })
}

function countOf(writes: number): GitObject {
  return makeObject('blob', Buffer.from(`${writes}`))
}

/** What was done to a folder, and how many writes were acknowledged at which of its steps. */
export interface Recording {
  readonly disk: RecordedDisk
  readonly seed: number
  readonly size: number
  /** How many writes there were. */
  readonly writes: number
  /** How many there may be on the disk: none, or those up to the end of a batch. */
  readonly ends: ReadonlySet<number>
  readonly acknowledged: readonly { readonly position: number; readonly count: number }[]
  /** Steps after which an ahead-file that was written anew had just taken the place of the one before. */
  readonly renewals: readonly number[]
}

export interface Work {
  readonly seed: number
  /** How often some are written together: a batch, or two where the second is evaluated while the first one lands. */
  readonly batches?: number
  /** Characters of a record. */
  readonly size?: number
  /** Breaks the disk on purpose. */
  readonly spoil?: (files: Files, folder: string) => Files
}

/** Writes one to five together, and seals at random moments, also while the next ones land; closes in the end. */
export async function recordWrites(t: TestContext, work: Work): Promise<Recording> {
  const { seed, batches: count = 20, size = 200, spoil = (files) => files } = work
  const random = seeded(seed)
  const folder = await newFolder(t)
  await (await openDatabase(folder)).close()
  const disk = await recordDisk(folder)
  const renewals: number[] = []
  const database = await openDatabase(folder, notingRenewals(spoil(disk.files, folder), disk, renewals))
  const acknowledged = new Map<number, number>()
  const ends = new Set([0])
  let [writes, evaluated, handedOver] = [0, 0, 0]
  onStep((step) => {
    if (step !== 'batch.evaluated') return
    handedOver = evaluated
    ends.add(evaluated)
  })
  const seals: Promise<void>[] = []
  for (let batch = 0; batch < count; batch++) {
    const end = writes + 1 + Math.floor(random() * 5)
    const landing: Promise<unknown>[] = []
    for (; writes < end; writes++) {
      const count = writes + 1
      const move = () => {
        evaluated = count
        return [handedOver, count] as const
      }
      const applied = apply(database, requestOf(writes, size), move)
      landing.push(applied.then(() => acknowledged.set(disk.position, count)))
    }
    if (random() < 0.2) seals.push(database.repository.seal())
    await Promise.all(landing)
    if (random() < 0.3) seals.push(database.repository.seal())
    if (random() < 0.2) await Promise.all(seals)
  }
  await Promise.all(seals)
  const sealed = disk.position
  await database.close()
  const places = [...acknowledged, [sealed, writes], [disk.position, writes]] as const
  return {
    disk,
    seed,
    size,
    writes,
    ends,
    acknowledged: places.map(([position, count]) => ({ position, count })),
    renewals,
  }
}

function notingRenewals(files: Files, disk: RecordedDisk, renewals: number[]): Files {
  return {
    ...files,
    rename: async (from, to) => {
      await files.rename(from, to)
      if (to.endsWith(aheadFile)) renewals.push(disk.position)
    },
  }
}
