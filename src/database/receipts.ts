import { CommitbaseError, messageOf } from '../errors.ts'
import { Fanout } from '../git/fanout.ts'
import type { Path, WorkingTree } from '../git/workingTree.ts'
import { eventKey } from './eventKey.ts'
import { formatRecord } from './json.ts'
import type { Receipt } from './receipt.ts'

/** A receipt that has no place in the order yet. */
export type ReceiptDraft = Omit<Receipt, 'seq'>

/** Bytes of JSON; a larger result is left out of its receipt. */
const largestResult = 65_536

/**
 * The receipts on the files of `refs/commitbase/receipts`:
 * - `<aa>/<key>.json` by the event's key (hex SHA-256), one more level of two digits where a folder gets full;
 * - `order/00/00/01/2f.json`, the same blob by `seq` as eight hex digits: what the outbox reads on in;
 * - `last.json`: `{"seq": n}`, the last place that was given.
 * A receipt is found by reading the commit and three objects: the root, a folder, the file.
 */
export class Receipts {
  readonly #tree: WorkingTree
  readonly #byKey: Fanout

  constructor(tree: WorkingTree) {
    this.#tree = tree
    this.#byKey = new Fanout({ tree, base: [], digits: (key) => key, minimumDepth: 1 })
  }

  async find(key: string): Promise<Receipt | undefined> {
    const entry = await this.#byKey.find(key)
    if (!entry) return undefined
    const [bytes] = await this.#tree.readBlobs([entry.oid])
    return decode(bytes!, entry.path)
  }

  /**
   * Gives the receipt the next place in the order. One that is `failed` makes room for its successor and leaves the order;
   * throws `conflict` where any other is there.
   */
  async append(draft: ReceiptDraft): Promise<Receipt> {
    const key = eventKey(draft.event.source, draft.event.id)
    const earlier = await this.find(key)
    if (earlier) await this.#withdraw(earlier)
    const receipt: Receipt = { seq: (await this.last()) + 1, ...withoutLargeResult(draft) }
    const { oid } = await this.#byKey.put(key, formatRecord({ ...receipt }))
    await this.#tree.place(orderPath(receipt.seq), { kind: 'file', oid, mode: '100644' })
    await this.#tree.write(lastFile, Buffer.from(`{"seq": ${receipt.seq}}\n`))
    return receipt
  }

  /** Up to `limit` receipts behind that place, in order. */
  async after(seq: number, limit: number): Promise<Receipt[]> {
    const paths: Path[] = []
    for await (const path of this.#inOrder(['order'], digitsOf(seq + 1))) if (paths.push(path) >= limit) break
    const files = await Promise.all(paths.map((path) => this.#tree.get(path)))
    const blobs = await this.#tree.readBlobs(files.map((file) => (file as { oid: string }).oid))
    return blobs.map((bytes, index) => decode(bytes, paths[index]!))
  }

  /** The last place that was given; 0 before the first. */
  async last(): Promise<number> {
    const bytes = await this.#tree.read(lastFile)
    return bytes ? parse<{ seq: number }>(bytes, lastFile).seq : 0
  }

  async #withdraw({ status, seq, event }: Receipt): Promise<void> {
    if (status !== 'failed') {
      throw new CommitbaseError(
        'conflict',
        `event '${event.id}' of ${event.source} has a receipt already: ${status}, number ${seq}`,
      )
    }
    await this.#tree.remove(orderPath(seq))
  }

  /** The files of the order from a place on: `from` holds what is left of its digits, and nothing where all of a folder is behind it. */
  async *#inOrder(folder: Path, from: readonly string[]): AsyncGenerator<Path> {
    const children = await this.#tree.list(folder)
    const [first = '', ...rest] = from
    for (const name of [...children.keys()].sort()) {
      const digits = name.slice(0, 2)
      if (digits < first) continue
      if (children.get(name)!.kind === 'folder') yield* this.#inOrder([...folder, name], digits === first ? rest : [])
      else yield [...folder, name]
    }
  }
}

const lastFile: Path = ['last.json']

/** Where the order has the receipt of that place. */
export function orderPath(seq: number): Path {
  const [first, second, third, last] = digitsOf(seq)
  return ['order', first!, second!, third!, `${last}.json`]
}

function digitsOf(seq: number): string[] {
  return seq.toString(16).padStart(8, '0').match(/../g)!
}

function withoutLargeResult({ result, ...receipt }: ReceiptDraft): ReceiptDraft {
  if (result === undefined) return receipt
  const isSmall = Buffer.byteLength(JSON.stringify(result)) <= largestResult
  return isSmall ? { ...receipt, result } : receipt
}

function decode(bytes: Buffer, path: Path): Receipt {
  return parse<Receipt>(bytes, path)
}

function parse<T>(bytes: Buffer, path: Path): T {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw new CommitbaseError('internal', `${path.join('/')} of the receipts is not JSON: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
