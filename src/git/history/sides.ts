import type { Oid } from '../objects/object.ts'
import type { Lineage } from './lineage.ts'
import { placeIn } from './placeIn.ts'

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
    const side = this.#known.get(key) ?? this.#side(this.#parents[parent]!, this.#parents[other]!)
    this.#known.set(key, side)
    return side
  }

  #side(place: number, other: number): Side {
    return new Side([...this.#lineage.only(place, [other])].reverse())
  }
}

/** Some commits. There may be a million of them, so that they stay the list that they are. */
export class Side {
  /** Oldest first. */
  readonly places: readonly number[]

  constructor(places: readonly number[]) {
    this.places = places
  }

  has(place: number): boolean {
    return this.places[placeIn(this.places, place)] === place
  }
}
