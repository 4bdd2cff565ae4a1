/**
 * How many events may wait, so that the last of them is applied within a few seconds: by how long the batches before, and the one
 * under way, take for each of theirs. A quick handler has room for all, a slow one for a few hundred.
 */
export class Admission {
  readonly #most: number
  readonly #now: () => number
  /** Milliseconds an event. */
  #pace = 0
  #batch: { readonly size: number; readonly since: number } | undefined

  /** `most`: never more. `now`: milliseconds of a clock that nobody sets. */
  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most
    this.#now = now
  }

  begin(size: number): void {
    this.#batch = { size, since: this.#now() }
  }

  /** What a few events take together says little of what many take. */
  end(): void {
    const { size, since } = this.#batch!
    const took = this.#now() - since
    if (size >= enough || took >= long) this.#pace = took / size
    this.#batch = undefined
  }

  get limit(): number {
    const { size, since } = this.#batch ?? { size: 1, since: this.#now() }
    const pace = Math.max(this.#pace, (this.#now() - since) / size)
    return Math.min(this.#most, Math.max(fewest, Math.floor(longestWait / pace)))
  }
}

const enough = 20
/** Milliseconds. */
const long = 200
const longestWait = 3_000

const fewest = 300
