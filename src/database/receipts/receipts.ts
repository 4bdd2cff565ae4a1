import { CommitbaseError } from '../../errors.ts'
import { giveWay, takeBreaths } from '../../git/breath.ts'
import type { DeferredEntry } from '../../git/deferred.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { Soon } from '../../git/soon.ts'
import { Fanout } from '../../git/trees/fanout.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import type { Workspace } from '../../git/workspace.ts'
import { formatRecord, type JsonObject } from '../json/json.ts'
import { decodeLast, decodeReceipt } from './decodeReceipt.ts'
import { eventKey } from './eventKey.ts'
import { type OwedMessage, type Receipt, type ReceiptEvent, receiptsRef } from './receipt.ts'
import { undamaged } from './undamaged.ts'

/** A message that will never be taken, and why. */
export interface DeadLetter {
  readonly message: OwedMessage
  readonly event: ReceiptEvent
  readonly seq: number
  readonly reason: string
}

/** What is known of an event before its receipt is appended. */
export interface Looked {
  readonly key: string
  readonly earlier: Receipt | undefined
}

/** Bytes of JSON; a larger result is left out of its receipt. */
const largestResult = 65_536

/** Receipts that have landed, or are about to, and are not in the tree yet. */
type Tail = Pick<Workspace, 'defer' | 'deferred' | 'newestDeferred'>

/** The receipts as the workspace has them: those in the tree, those that wait to be folded into it, and those of the batch. */
export function receiptsIn(workspace: Workspace): Receipts {
  return new Receipts(() => workspace.foldedTree(receiptsRef), workspace)
}

/** The receipts as a tree has them. */
export function receiptsOn(tree: WorkingTree, tail?: Tail): Receipts {
  return new Receipts(() => tree, tail)
}

/**
 * The receipts on the files of `refs/commitbase/receipts`:
 * - `<aa>/<key>.json` by the event's key (hex SHA-256), one more level of two digits where a folder gets full;
 * - `order/00/00/01/2f.json`, the same blob by `seq` as eight hex digits: what the outbox reads on in;
 * - `last.json`: `{"seq": n}`, the last place that was given;
 * - `dead/<message id>.json`: the messages that nobody will take.
 * A receipt is found by reading the commit and three objects: the root, a folder, the file.
 */
export class Receipts {
  readonly #tree: () => Soon<WorkingTree>
  readonly #tail: Tail | undefined

  constructor(tree: () => Soon<WorkingTree>, tail?: Tail) {
    this.#tree = tree
    this.#tail = tail
  }

  find(key: string): Soon<Receipt | undefined> {
    const waiting = this.#tail?.deferred(key)
    return waiting ? receiptOf(waiting) : this.#onTree((tree) => findNow(tree, key))
  }

  /** Reads all at once what finding that event's receipt and appending one will read: from a server, folder after folder is a round trip each. */
  async readAhead(key: string): Promise<void> {
    const tree = await this.#tree()
    const next = async () => await tree.list(orderFolder((await this.last()) + 1))
    await Promise.all([this.find(key), tree.list(['order']), next()])
  }

  /**
   * Gives the receipt that `receiptAt` makes the next place in the order. One that is `failed` makes room for its successor and
   * leaves the order; throws `conflict` where any other is there. It is in the tree once it was folded.
   */
  append(receiptAt: (seq: number) => Receipt, { key, earlier }: Looked): Soon<Receipt> {
    if (earlier) refuseSuccessor(earlier)
    const last = this.last()
    const defer = (seq: number): Receipt => {
      const { receipt, bytes } = encode(receiptAt(seq))
      const value: Waiting = { seq, isFirst: !earlier }
      this.#tail!.defer({ key, bytes, value })
      return receipt
    }
    return last instanceof Promise ? last.then((seq) => defer(seq + 1)) : defer(last + 1)
  }

  /** Puts a message that will never be taken among the dead letters. */
  bury(letter: DeadLetter): void {
    const bytes = formatRecord({ ...letter })
    this.#tail!.defer({ key: `${deadFolder}/${letter.message.messageId}`, bytes })
  }

  /** Up to `limit` receipts behind that place, in order. */
  async after(seq: number, limit: number): Promise<Receipt[]> {
    const waiting = this.#waitingAfter(seq)
    // Who reads on is mostly ahead of the tree.
    if (waiting[0] && seqOf(waiting[0]) === seq + 1) return await receiptsOf(waiting.slice(0, limit))
    return await undamaged(() => this.#after(seq, limit))
  }

  async #after(seq: number, limit: number): Promise<Receipt[]> {
    const tree = await this.#tree()
    const waiting = this.#waitingAfter(seq)
    const paths: Path[] = []
    if (!waiting[0] || seqOf(waiting[0]) !== seq + 1) {
      for await (const path of inOrder(tree, ['order'], digitsOf(seq + 1))) if (paths.push(path) >= limit) break
    }
    const files = await Promise.all(paths.map((path) => tree.get(path)))
    // A failed one has made room for its successor this moment.
    if (files.includes(undefined)) return await this.#after(seq, limit)
    const blobs = await tree.readBlobs(files.map((file) => (file as { oid: string }).oid))
    const folded = blobs.map((bytes, index) => decodeReceipt(bytes, paths[index]!.join('/')))
    const last = folded.at(-1)?.seq ?? seq
    const rest = waiting.filter((entry) => seqOf(entry) > last).slice(0, Math.max(0, limit - folded.length))
    return [...folded, ...(await receiptsOf(rest))]
  }

  /** The last place that was given; 0 before the first. */
  last(): Soon<number> {
    for (const entry of this.#tail?.newestDeferred() ?? []) if (isReceipt(entry)) return seqOf(entry)
    return this.#onTree((tree) => {
      const bytes = tree.readNow(lastFile)
      return bytes ? decodeLast(bytes, lastFile.join('/')) : 0
    })
  }

  #onTree<T>(action: (tree: WorkingTree) => T): Soon<T> {
    const tree = this.#tree()
    if (tree instanceof Promise)
      return undamaged(async () => {
        const opened = await tree
        return opened.now(() => action(opened))
      })
    return undamaged(() => tree.now(() => action(tree)))
  }

  /** Those of the tail behind that place, in order. */
  #waitingAfter(seq: number): DeferredEntry[] {
    const waiting: DeferredEntry[] = []
    for (const entry of this.#tail?.newestDeferred() ?? []) {
      if (!isReceipt(entry)) continue
      if (seqOf(entry) <= seq) break
      waiting.push(entry)
    }
    return waiting.reverse()
  }
}

function findNow(tree: WorkingTree, key: string): Receipt | undefined {
  const entry = byKey(tree).findNow(key)
  if (!entry) return undefined
  const path = entry.path.join('/')
  const receipt = decodeReceipt(tree.readBlobNow(entry.oid), path)
  if (eventKey(receipt.event.source, receipt.event.id) === key) return receipt
  throw new CommitbaseError('internal', `${path} holds the receipt of another event: '${receipt.event.id}'`)
}

/** Writes what was deferred into the tree. What is there already, as after a crash, is written again. */
export function writeReceipts(tree: WorkingTree, entries: readonly DeferredEntry[]): Promise<void> {
  return undamaged(() => write(tree, entries))
}

async function write(tree: WorkingTree, entries: readonly DeferredEntry[]): Promise<void> {
  const receipts: DeferredEntry[] = []
  for (const entry of entries) {
    if (isReceipt(entry)) receipts.push(entry)
    else await tree.write(`${entry.key}.json`.split('/'), entry.bytes)
  }
  if (receipts.length === 0) return
  await withdrawEarlier(tree, receipts)
  const oids = await byKey(tree).putMany(receipts.map(({ key, bytes }) => [key, bytes]))
  const seqs = receipts.map(seqOf)
  await placeInOrder(tree, seqs, oids)
  await tree.write(lastFile, Buffer.from(`{"seq": ${seqs.at(-1)}}\n`))
}

/** A folder's receipts together. */
async function placeInOrder(tree: WorkingTree, seqs: readonly number[], oids: readonly Oid[]): Promise<void> {
  const folders = new Map<number, { name: string; oid: Oid }[]>()
  for (const [index, seq] of seqs.entries()) {
    const folder = Math.floor(seq / 256)
    const files = folders.get(folder) ?? []
    if (files.length === 0) folders.set(folder, files)
    files.push({ name: orderName(seq), oid: oids[index]! })
  }
  const breath = giveWay()
  for (const [folder, files] of folders) {
    const pause = breath()
    if (pause) await pause
    await tree.placeAll(orderFolder(folder * 256), files)
  }
}

/** Takes a receipt away, by its event and by its place; what came there since stays. */
export async function removeReceipt(tree: WorkingTree, { event, seq }: Receipt): Promise<void> {
  const key = eventKey(event.source, event.id)
  const found = await receiptsOn(tree).find(key)
  if (found?.seq === seq) await byKey(tree).remove(key)
  await tree.remove(orderPath(seq))
}

/** A failed receipt's successor has another place: the earlier one leaves the order. For one that is its event's first nobody looks. */
async function withdrawEarlier(tree: WorkingTree, receipts: readonly DeferredEntry[]): Promise<void> {
  const earlier = receiptsOn(tree)
  const breath = giveWay()
  for (const entry of receipts) {
    if (waitingOf(entry).isFirst) continue
    const pause = breath()
    if (pause) await pause
    const found = earlier.find(entry.key)
    const receipt = found instanceof Promise ? await found : found
    if (receipt && receipt.seq !== seqOf(entry)) await tree.remove(orderPath(receipt.seq))
  }
}

function byKey(tree: WorkingTree): Fanout {
  const fanout =
    fanouts.get(tree) ?? new Fanout({ tree, base: [], digits: (key) => key, minimumDepth: 1, cased: false })
  fanouts.set(tree, fanout)
  return fanout
}

/** Each event asks for it, and it remembers the ways that it has gone. */
const fanouts = new WeakMap<WorkingTree, Fanout>()

/** The files of the order from a place on: `from` holds what is left of its digits, and nothing where all of a folder is behind it. */
async function* inOrder(tree: WorkingTree, folder: Path, from: readonly string[]): AsyncGenerator<Path> {
  const children = await tree.list(folder)
  const [first = '', ...rest] = from
  for (const name of [...children.keys()].sort()) {
    const digits = name.slice(0, 2)
    if (digits < first) continue
    if (children.get(name)!.kind === 'folder') yield* inOrder(tree, [...folder, name], digits === first ? rest : [])
    else yield [...folder, name]
  }
}

const lastFile: Path = ['last.json']

/** Where the dead letters are. */
export const deadFolder = 'dead'

/** Where the order has the receipt of that place. */
export function orderPath(seq: number): Path {
  return [...orderFolder(seq), orderName(seq)]
}

function orderFolder(seq: number): Path {
  return ['order', ...digitsOf(seq).slice(0, -1)]
}

function orderName(seq: number): string {
  return `${(seq & 0xff).toString(16).padStart(2, '0')}.json`
}

function digitsOf(seq: number): string[] {
  return seq.toString(16).padStart(8, '0').match(/../g)!
}

/** Its key is an event's; those of others are paths, or words. */
function isReceipt({ key }: DeferredEntry): boolean {
  return key.length === 64 && !key.includes('/')
}

/** What is known of an entry's bytes: the receipt itself would be a kilobyte of small objects, and a second of them what each minor collection copies. */
interface Waiting {
  readonly seq: number
  /** Nothing of its event was there when it was made. Of one that was read again, as after a crash, nobody knows. */
  readonly isFirst: boolean
}

/** Read once. */
function waitingOf(entry: DeferredEntry): Waiting {
  entry.value ??= { seq: receiptOf(entry).seq, isFirst: false } satisfies Waiting
  return entry.value as Waiting
}

function seqOf(entry: DeferredEntry): number {
  return waitingOf(entry).seq
}

function receiptOf({ bytes, key }: DeferredEntry): Receipt {
  return decodeReceipt(bytes, key)
}

/** Others have a turn now and then: what an event gave may be long. */
async function receiptsOf(entries: readonly DeferredEntry[]): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  const breath = takeBreaths()
  for (const entry of entries) {
    receipts.push(receiptOf(entry))
    const pause = breath()
    if (pause) await pause
  }
  return receipts
}

function refuseSuccessor({ status, seq, event }: Receipt): void {
  if (status === 'failed') return
  throw new CommitbaseError(
    'conflict',
    `event '${event.id}' of ${event.source} has a receipt already: ${status}, number ${seq}`,
  )
}

/** The receipt as it is kept. */
function encode(receipt: Receipt): { receipt: Receipt; bytes: Buffer } {
  const bytes = formatRecord(receipt as unknown as JsonObject)
  // Most are so short that the result cannot be too long.
  if (bytes.length <= largestResult) return { receipt, bytes }
  const { result, ...rest } = receipt
  const isSmall = Buffer.byteLength(JSON.stringify(result) ?? '') <= largestResult
  return isSmall ? { receipt, bytes } : encode(rest)
}
