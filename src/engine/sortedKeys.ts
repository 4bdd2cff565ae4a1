import type { Key } from './key.ts'

/** A key and what it is sorted by (itself, or a due date); equal orders are told apart by the key. */
export interface SortedKey {
  order: number
  key: Key
}

const chunkLimit = 256

/**
 * Keys in ascending order. In chunks, so that adding at the end, taking from the front and a change in the middle
 * all stay cheap with a hundred thousand of them.
 */
export class SortedKeys {
  #chunks: SortedKey[][] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  first(): SortedKey | undefined {
    return this.#chunks[0]?.[0]
  }

  /** The keys in order; the set must not change meanwhile. */
  *[Symbol.iterator](): IterableIterator<SortedKey> {
    for (const chunk of this.#chunks) yield* chunk
  }

  add(entry: SortedKey): void {
    const at = this.#chunkFor(entry)
    const chunk = this.#chunks[at]
    this.#size += 1
    if (chunk === undefined) {
      this.#chunks.push([entry])
      return
    }
    chunk.splice(positionIn(chunk, entry), 0, entry)
    if (chunk.length > chunkLimit)
      this.#chunks.splice(at, 1, chunk.slice(0, chunkLimit / 2), chunk.slice(chunkLimit / 2))
  }

  delete(entry: SortedKey): void {
    const at = this.#chunkFor(entry)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const position = positionIn(chunk, entry)
    if (chunk[position]?.key !== entry.key) return
    chunk.splice(position, 1)
    this.#size -= 1
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** The first chunk whose last entry is not before the entry; else the last chunk. */
  #chunkFor(entry: SortedKey): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (compare(this.#chunks[middle]!.at(-1)!, entry) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

function positionIn(chunk: readonly SortedKey[], entry: SortedKey): number {
  let low = 0
  let high = chunk.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(chunk[middle]!, entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compare(a: SortedKey, b: SortedKey): number {
  return a.order - b.order || a.key - b.key
}
