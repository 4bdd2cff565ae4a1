import type { Oid } from '../objects/object.ts'
import { BranchLine } from './branchLine.ts'

/** A commit's place among the others. */
export interface Link {
  readonly commit: Oid
  readonly parents: readonly Oid[]
  /** Seconds since 1970: the committer's. */
  readonly time: number
}

/**
 * The commits that lead to a branch's newest one, in about 40 bytes each: an open-addressing table of their ids, and for each its
 * parents and its time. What is asked most (is it one of them) costs microseconds.
 */
export class Lineage {
  #count = 0
  #ids = Buffer.alloc(idLength * 1_024)
  #times = new Float64Array(1_024)
  #firstParents = new Int32Array(1_024)
  #slots = new Int32Array(4_096)
  /** The further parents of merges. */
  readonly #merged = new Map<number, readonly number[]>()
  /** The branch's own way through these commits. */
  readonly line = new BranchLine(this)

  get count(): number {
    return this.#count
  }

  get tip(): Oid | undefined {
    return this.#count === 0 ? undefined : this.oid(this.#count - 1)
  }

  /** Adds a commit whose parents are all there. The last one that is added is the newest of the branch. */
  add({ commit, parents, time }: Link): void {
    this.append(
      Buffer.from(commit, 'hex'),
      parents.map((parent) => this.#known(parent)),
      time,
    )
  }

  /** The same of its id's bytes and its parents' places. Gives its own place. */
  append(id: Uint8Array, [first = -1, ...further]: readonly number[], time: number): number {
    if (this.#count === this.#times.length) this.#grow()
    const index = this.#count++
    this.#ids.set(id, index * idLength)
    this.#times[index] = time
    this.#firstParents[index] = first
    if (further.length > 0) this.#merged.set(index, further)
    this.#slots[this.#slot(this.#ids, index * idLength)] = index + 1
    return index
  }

  has(commit: Oid): boolean {
    return this.place(commit) >= 0
  }

  /** Its place: parents have smaller ones. -1 where it is none of these. */
  place(commit: Oid): number {
    // What is no id is none of these; and it must not leave the last one there.
    if (commit.length !== 2 * idLength || sought.write(commit, 'hex') !== idLength) return -1
    return this.#slots[this.#slot(sought, 0)]! - 1
  }

  oid(place: number): Oid {
    return this.#ids.toString('hex', place * idLength, (place + 1) * idLength)
  }

  /** At most two of the commits whose ids begin so: enough to see that they are not one. */
  startingWith(prefix: string): Oid[] {
    const bits = Math.min(prefix.length, 8) * 4
    const wanted = Number.parseInt(prefix.slice(0, 8), 16)
    const found: Oid[] = []
    for (let place = 0; place < this.#count && found.length < 2; place++) {
      if (this.#ids.readUInt32BE(place * idLength) >>> (32 - bits) !== wanted) continue
      const oid = this.oid(place)
      if (oid.startsWith(prefix)) found.push(oid)
    }
    return found
  }

  /** The places of its parents, in their order. */
  parents(place: number): readonly number[] {
    const first = this.#firstParents[place]!
    return first < 0 ? [] : [first, ...(this.#merged.get(place) ?? [])]
  }

  isMerge(place: number): boolean {
    return this.#merged.has(place)
  }

  /** The place of the only parent, or of the first; -1 where there is none. */
  firstParent(place: number): number {
    return this.#firstParents[place]!
  }

  /** Seconds since 1970: the committer's. */
  time(place: number): number {
    return this.#times[place]!
  }

  /** Which commits that one leads to, itself included: 1 at their places. */
  descendants(place: number): Uint8Array {
    const descends = new Uint8Array(this.#count)
    descends[place] = 1
    // Parents have smaller places.
    for (let at = place + 1; at < this.#count; at++) {
      const first = this.#firstParents[at]!
      if (first >= 0 && descends[first] === 1) descends[at] = 1
      else if (this.#merged.get(at)?.some((parent) => descends[parent] === 1)) descends[at] = 1
    }
    return descends
  }

  /** The commits that lead to that one and to none of the others, itself included, newest first, by their places. */
  *only(place: number, others: readonly number[]): Generator<number, void> {
    if (Math.min(place, ...others) < 0) throw new Error('a commit does not lead to this branch')
    const newest = Math.max(place, ...others)
    const marks = new Uint8Array(newest + 1)
    marks[place] = mine
    for (const other of others) marks[other]! |= theirs
    // Parents have smaller places: what is passed knows all that it leads to. None of ours is left below, when all are passed.
    let left = marks[place] === mine ? 1 : 0
    const reach = (parent: number, mark: number) => {
      const before = marks[parent]!
      marks[parent] = before | mark
      if (before === 0 && mark === mine) left++
      else if (before === mine && mark !== mine) left--
    }
    for (let at = newest; left > 0; at--) {
      const mark = marks[at]!
      if (mark === 0) continue
      if (mark === mine) {
        left--
        yield at
      }
      const first = this.#firstParents[at]!
      if (first < 0) continue
      reach(first, mark)
      const further = this.#merged.get(at)
      if (further) for (const parent of further) reach(parent, mark)
    }
  }

  #known(commit: Oid): number {
    const place = this.place(commit)
    if (place < 0) throw new Error(`commit ${commit} does not lead to this branch`)
    return place
  }

  /** The slot of the id that lies there, or the free one that it belongs into. Ids are random already: their first bits are the hash. */
  #slot(bytes: Buffer, at: number): number {
    const mask = this.#slots.length - 1
    for (let slot = bytes.readUInt32BE(at) & mask; ; slot = (slot + 1) & mask) {
      const start = (this.#slots[slot]! - 1) * idLength
      if (start < 0 || bytes.compare(this.#ids, start, start + idLength, at, at + idLength) === 0) return slot
    }
  }

  #grow(): void {
    const length = this.#times.length * 2
    this.#ids = Buffer.concat([this.#ids], idLength * length)
    this.#times = grown(this.#times, new Float64Array(length))
    this.#firstParents = grown(this.#firstParents, new Int32Array(length))
    this.#slots = new Int32Array(length * 4)
    for (let place = 0; place < this.#count; place++) this.#slots[this.#slot(this.#ids, place * idLength)] = place + 1
  }
}

function grown<T extends Float64Array | Int32Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}

const idLength = 20
const sought = Buffer.alloc(idLength)

/** Who leads to a commit: the one that is asked about, or another. */
const mine = 1
const theirs = 2
