/** Commits in the order in which a branch came to them, and what their clocks said: times need not rise. */
export class PlacesInTime {
  readonly places: number[] = []
  readonly #times: number[] = []
  /** The earliest and the latest time in each block. */
  readonly #earliest: number[] = []
  readonly #latest: number[] = []

  push(place: number, time: number): void {
    const block = Math.floor(this.places.length / blockLength)
    this.#earliest[block] = Math.min(this.#earliest[block] ?? Number.POSITIVE_INFINITY, time)
    this.#latest[block] = Math.max(this.#latest[block] ?? Number.NEGATIVE_INFINITY, time)
    this.places.push(place)
    this.#times.push(time)
  }

  /** Another one with the first of these. */
  upTo(length: number): PlacesInTime {
    const first = new PlacesInTime()
    for (let at = 0; at < length; at++) first.push(this.places[at]!, this.#times[at]!)
    return first
  }

  /** Where the last commit of the first `length` is that is not later than that; -1 where there is none. */
  lastUntil(time: number, length: number): number {
    for (let at = length - 1; at >= 0; ) {
      const start = at - (at % blockLength)
      if (this.#earliest[start / blockLength]! <= time)
        for (; at >= start; at--) if (this.#times[at]! <= time) return at
      at = start - 1
    }
    return -1
  }

  /** Where the first commit from there on is that is later than that; their number where there is none. */
  firstAfter(time: number, from: number): number {
    for (let at = from; at < this.places.length; ) {
      const end = Math.min(at - (at % blockLength) + blockLength, this.places.length)
      if (this.#latest[Math.floor(at / blockLength)]! > time)
        for (; at < end; at++) if (this.#times[at]! > time) return at
      at = end
    }
    return this.places.length
  }
}

const blockLength = 4_096
