/**
 * How many events may wait, so that the last of them is applied within a few seconds: by how long those before, and those
 * under way, take each. A quick handler has room for all, a slow one for a few hundred. A moment in which all stands
 * still (the disk, the machine) makes no handler slow: what counts is no more than the last few hundred took together.
 */
export class Admission {
  readonly #most: number
  readonly #now: () => number
  /** The newest that say anything. */
  #last: Applied = nothing
  /** Those since then. */
  #newer: Applied = nothing
  /** What is remembered of those before, too. */
  #recent: Applied = nothing
  #ended = 0
  #underWay = 0
  /** When some of those under way began or others ended. */
  #since = 0

  /** `most`: never more. `now`: milliseconds of a clock that nobody sets. */
  constructor(most: number, now: () => number = () => performance.now()) {
    this.#most = most
    this.#now = now
  }

  begin(count: number): void {
    if (this.#underWay === 0) this.#since = this.#now()
    this.#underWay += count
  }

  end(count: number): void {
    const now = this.#now()
    const some = { count, took: now - this.#since }
    this.#since = now
    this.#underWay -= count
    this.#ended += count
    this.#recent = shortened(sum(this.#recent, some))
    this.#newer = sum(this.#newer, some)
    if (!says(this.#newer)) return
    this.#last = this.#newer
    this.#newer = nothing
  }

  get limit(): number {
    const underWay = this.#soFar()
    const pace = Math.max(
      Math.min(paceOf(this.#last), paceOf(this.#recent)),
      Math.min(paceOf(underWay), paceOf(sum(this.#recent, underWay))),
    )
    const later = this.#ended < untilCompiled ? pace / slowness : pace
    return Math.min(this.#most, Math.max(fewest, Math.floor(longestWait / later)))
  }

  #soFar(): Applied {
    return this.#underWay > 0 ? { count: this.#underWay, took: this.#now() - this.#since } : nothing
  }
}

/** So many events, in so many milliseconds. */
interface Applied {
  readonly count: number
  readonly took: number
}

const nothing: Applied = { count: 0, took: 0 }

function sum(some: Applied, others: Applied): Applied {
  return { count: some.count + others.count, took: some.took + others.took }
}

function shortened({ count, took }: Applied): Applied {
  return count <= remembered ? { count, took } : { count: remembered, took: (took * remembered) / count }
}

/** Milliseconds an event; 0 where it is not known. */
function paceOf(applied: Applied): number {
  return says(applied) ? applied.took / applied.count : 0
}

/** What a few events take together says little of what many take: the first one after a start may wait for the disk. */
function says({ count, took }: Applied): boolean {
  return count >= enough || (count > 0 && took >= long)
}

const enough = 20
/** Milliseconds. */
const long = 1_000
const longestWait = 3_000

const fewest = 300
const remembered = 300

/** A process that has just begun compiles what it runs often: its first events take several times as long as those that wait will. */
const untilCompiled = 300
const slowness = 3
