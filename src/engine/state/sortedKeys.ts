/** Numbers of a chunk at most: an order and a key take two. */
const chunkLimit = 512
const few = 16

/**
 * Keys, or their places, in ascending order of what they are sorted by (themselves, or a due date); equal orders are told apart by the key. In chunks, so
 * that adding at the end, taking from the front and a change in the middle all stay cheap with a hundred thousand of them. A chunk is
 * order, key, order, key: an object for each entry would take four times the memory.
 */
export class SortedKeys {
  #chunks: number[][]
  #size = 1

  constructor(order: number, key: number) {
    this.#chunks = [[order, key]]
  }

  get size(): number {
    return this.#size
  }

  firstOrder(): number | undefined {
    return this.#chunks[0]?.[0]
  }

  /** The keys in order; the set must not change meanwhile. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (const chunk of this.#chunks) for (let at = 1; at < chunk.length; at += 2) yield chunk[at]!
  }

  add(order: number, key: number): void {
    const at = this.#chunkFor(order, key)
    const chunk = this.#chunks[at]
    this.#size += 1
    if (chunk === undefined) {
      this.#chunks.push([order, key])
      return
    }
    const position = positionIn(chunk, order, key)
    // An array that grows makes room for sixteen more; there are many with two.
    if (chunk.length < few) this.#chunks[at] = chunk.toSpliced(position, 0, order, key)
    else chunk.splice(position, 0, order, key)
    if (chunk.length > chunkLimit)
      this.#chunks.splice(at, 1, chunk.slice(0, chunkLimit / 2), chunk.slice(chunkLimit / 2))
  }

  delete(order: number, key: number): void {
    const at = this.#chunkFor(order, key)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const position = positionIn(chunk, order, key)
    if (chunk[position + 1] !== key) return
    chunk.splice(position, 2)
    this.#size -= 1
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** The first chunk whose last entry is not before this one; else the last chunk. */
  #chunkFor(order: number, key: number): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      const chunk = this.#chunks[middle]!
      if (isBefore(chunk, chunk.length - 2, order, key)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Where the entry is in the chunk, or belongs. */
function positionIn(chunk: readonly number[], order: number, key: number): number {
  let low = 0
  let high = chunk.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(chunk, middle * 2, order, key)) low = middle + 1
    else high = middle
  }
  return low * 2
}

function isBefore(chunk: readonly number[], at: number, order: number, key: number): boolean {
  return chunk[at]! < order || (chunk[at] === order && chunk[at + 1]! < key)
}
