/**
 * How many events may wait, so that the last of them is applied within a few seconds: by how long the batches before, and the one
 * under way, take for each of theirs. A quick handler has room for all, a slow one for a few hundred.
 */
export class Admission {
  readonly #most: number
  readonly #now: () => number
  /** Milliseconds an event. */
  #pace = 0
  /** Whether that is the pace of a few, which the next few may correct. */
  #isOfFew = false
  #ended = 0
  #batch: Batch | undefined

  /** `most`: never more. `now`: milliseconds of a clock that nobody sets. */
  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most
    this.#now = now
  }

  begin(size: number): void {
    this.#batch = { size, since: this.#now() }
  }

  end(): void {
    const { size } = this.#batch!
    const pace = this.#paceOf(this.#batch, this.#isOfFew)
    if (pace !== undefined) {
      this.#pace = pace
      this.#isOfFew = size < enough
    }
    this.#ended += size
    this.#batch = undefined
  }

  get limit(): number {
    const pace = Math.max(this.#pace, this.#paceOf(this.#batch) ?? 0)
    const later = this.#ended < untilCompiled ? pace / slowness : pace
    return Math.min(this.#most, Math.max(fewest, Math.floor(longestWait / later)))
  }

  /** What a few events take together says little of what many take: the first one after a start may wait for the disk. */
  #paceOf(batch: Batch | undefined, countsFew = false): number | undefined {
    if (!batch) return undefined
    const took = this.#now() - batch.since
    return countsFew || batch.size >= enough || took >= long ? took / batch.size : undefined
  }
}

interface Batch {
  readonly size: number
  readonly since: number
}

const enough = 20
/** Milliseconds. */
const long = 1_000
const longestWait = 3_000

const fewest = 300

/** A process that has just begun compiles what it runs often: its first events take several times as long as those that wait will. */
const untilCompiled = 300
const slowness = 3
