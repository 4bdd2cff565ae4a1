import type { Oid } from '../objects/object.ts'
import type { Lineage } from './lineage.ts'

/** The sides of a merge: which commits its parents brought. */
export class Sides {
  readonly #lineage: Lineage
  readonly #parents: readonly number[]
  readonly #known = new Map<string, ReadonlySet<number>>()

  constructor(lineage: Lineage, parents: readonly Oid[]) {
    this.#lineage = lineage
    this.#parents = parents.map((parent) => lineage.place(parent))
  }

  /** The commits that lead to that parent and not to the other one, newest first, by their places. */
  only(parent: number, other: number): ReadonlySet<number> {
    const key = `${parent} ${other}`
    const side = this.#known.get(key) ?? new Set(this.#lineage.only(this.#parents[parent]!, [this.#parents[other]!]))
    this.#known.set(key, side)
    return side
  }
}
