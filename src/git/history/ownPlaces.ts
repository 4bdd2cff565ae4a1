import { nextTurn } from '../breath.ts'
import type { Oid } from '../objects/object.ts'
import { isOwn } from '../objects/ownCommits.ts'
import type { ReadObjects } from '../objects/readObjects.ts'

interface Commits {
  readonly count: number
  oid(place: number): Oid
}

/** Which commits Commitbase made, of those that somebody asked about: each is read once. */
export class OwnPlaces {
  readonly #commits: Commits
  #known = new Uint8Array(1_024)
  /** All before it are other people's: what was there before Commitbase came. */
  #first = 0

  constructor(commits: Commits) {
    this.#commits = commits
  }

  /** Whether one of them is. They come newest first, and no more are taken than it needs to know. */
  async hasAny(places: Iterable<number>, read: ReadObjects): Promise<boolean> {
    await this.#findFirst(read)
    let unknown: number[] = []
    let together = 1
    for (const place of places) {
      if (place < this.#first) break
      const known = this.#known[place]
      if (known === own) return true
      if (known === foreign) continue
      unknown.push(place)
      if (unknown.length < together) continue
      if (await this.#lookAt(unknown, read)) return true
      unknown = []
      together = Math.min(2 * together, mostTogether)
    }
    return unknown.length > 0 && (await this.#lookAt(unknown, read))
  }

  async #findFirst(read: ReadObjects): Promise<void> {
    for (let together = 1; this.#first < this.#commits.count; together = Math.min(2 * together, mostTogether)) {
      if (this.#known[this.#first] === own) return
      const end = Math.min(this.#first + together, this.#commits.count)
      await this.#lookAt(
        Array.from({ length: end - this.#first }, (_, at) => this.#first + at),
        read,
      )
      while (this.#known[this.#first] === foreign) this.#first++
    }
  }

  async #lookAt(places: readonly number[], read: ReadObjects): Promise<boolean> {
    const commits = await read(places.map((place) => this.#commits.oid(place)))
    if (this.#known.length < this.#commits.count) {
      const larger = new Uint8Array(2 * this.#commits.count)
      larger.set(this.#known)
      this.#known = larger
    }
    for (const [at, { body }] of commits.entries()) this.#known[places[at]!] = isOwn(body) ? own : foreign
    if (places.length > 1) await nextTurn()
    return places.some((place) => this.#known[place] === own)
  }
}

/** What is not known yet is 0. */
const own = 1
const foreign = 2

const mostTogether = 256
