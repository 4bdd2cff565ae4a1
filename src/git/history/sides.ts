import type { Oid } from '../objects/object.ts'
import type { Lineage } from './lineage.ts'

/** The sides of a merge: which commits its parents brought. */
export class Sides {
  readonly #lineage: Lineage
  readonly #parents: readonly number[]
  readonly #known = new Map<string, Side>()

  constructor(lineage: Lineage, parents: readonly Oid[]) {
    this.#lineage = lineage
    this.#parents = parents.map((parent) => lineage.place(parent))
  }

  /** The commits that lead to that parent and not to the other one. */
  only(parent: number, other: number): Side {
    const key = `${parent} ${other}`
    const side =
      this.#known.get(key) ?? new Side([...this.#lineage.only(this.#parents[parent]!, [this.#parents[other]!])])
    this.#known.set(key, side)
    return side
  }
}

/** Some commits. There may be a million of them, so that they stay the list that they are. */
export class Side {
  /** Newest first. */
  readonly places: readonly number[]

  constructor(places: readonly number[]) {
    this.places = places
  }

  has(place: number): boolean {
    let [low, high] = [0, this.places.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.places[middle]! > place) low = middle + 1
      else high = middle
    }
    return this.places[low] === place
  }
}
