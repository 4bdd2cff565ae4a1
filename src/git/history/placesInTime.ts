/** Commits by their places, which rise, in the order in which a branch came to them. Their clocks may have said anything. */
export class PlacesInTime {
  readonly places: number[] = []
  readonly #timeOf: (place: number) => number
  /** The earliest and the latest time in each block. */
  readonly #earliest: number[] = []
  readonly #latest: number[] = []

  constructor(timeOf: (place: number) => number) {
    this.#timeOf = timeOf
  }

  push(place: number): void {
    const time = this.#timeOf(place)
    const block = Math.floor(this.places.length / blockLength)
    this.#earliest[block] = Math.min(this.#earliest[block] ?? Number.POSITIVE_INFINITY, time)
    this.#latest[block] = Math.max(this.#latest[block] ?? Number.NEGATIVE_INFINITY, time)
    this.places.push(place)
  }

  /** Another one with the first of these. */
  upTo(length: number): PlacesInTime {
    const first = new PlacesInTime(this.#timeOf)
    for (let at = 0; at < length; at++) first.push(this.places[at]!)
    return first
  }

  /** Where the last commit of the first `length` is that is not later than that; -1 where there is none. */
  lastUntil(time: number, length: number): number {
    for (let at = length - 1; at >= 0; ) {
      const start = at - (at % blockLength)
      if (this.#earliest[start / blockLength]! <= time)
        for (; at >= start; at--) if (this.#timeOf(this.places[at]!) <= time) return at
      at = start - 1
    }
    return -1
  }

  /** Where the first commit from there on is that is later than that; their number where there is none. */
  firstAfter(time: number, from: number): number {
    for (let at = from; at < this.places.length; ) {
      const end = Math.min(at - (at % blockLength) + blockLength, this.places.length)
      if (this.#latest[Math.floor(at / blockLength)]! > time)
        for (; at < end; at++) if (this.#timeOf(this.places[at]!) > time) return at
      at = end
    }
    return this.places.length
  }
}

const blockLength = 4_096
