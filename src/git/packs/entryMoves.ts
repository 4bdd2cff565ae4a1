/** Where the entries of one pack are in another that they were copied to: from an offset on, all are moved alike. */
export class EntryMoves {
  readonly #from: number[] = []
  readonly #by: number[] = []
  readonly #checksums = new Map<number, number>()

  /** What begins at that offset or behind it is that many bytes further on. */
  move(from: number, by: number): void {
    if (this.#from.at(-1) === from) this.#by[this.#by.length - 1] = by
    else if (this.#by.at(-1) !== by) {
      this.#from.push(from)
      this.#by.push(by)
    }
  }

  /** The entry there was written with another head: its CRC-32 is this one now. */
  rewrite(offset: number, checksum: number): void {
    this.#checksums.set(offset, checksum)
  }

  /** Where the entry is now that was at that offset. */
  of(offset: number): number {
    let low = 0
    let high = this.#from.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#from[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return offset + this.#by[low]!
  }

  /** The CRC-32 of the entry there, where it is not what it was. */
  checksumOf(offset: number): number | undefined {
    return this.#checksums.get(offset)
  }
}
