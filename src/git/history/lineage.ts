import type { Oid } from '../objects/object.ts'

/** A commit's place among the others. */
export interface Link {
  readonly commit: Oid
  readonly parents: readonly Oid[]
  /** Seconds since 1970: the committer's. */
  readonly time: number
}

/**
 * The commits that lead to a branch's newest one, in about 40 bytes each: an open-addressing table of their ids, and for each its
 * parents and its time. What is asked most (is it one of them; which was the newest at a time) costs microseconds.
 */
export class Lineage {
  #count = 0
  #ids = Buffer.alloc(idLength * 1_024)
  #times = new Float64Array(1_024)
  #firstParents = new Int32Array(1_024)
  #slots = new Int32Array(4_096)
  /** The further parents of merges. */
  readonly #merged = new Map<number, readonly number[]>()
  /** From the first commit to the newest, always by the first parent. */
  #line: number[] = []
  /** The earliest time in each block of the line: clocks go wrong, so times need not rise. */
  #earliest: number[] = []

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
    if (this.#line.length > 0 && this.#line.at(-1) === first) this.#prolong(index)
    else this.#line = []
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

  /** The newest commit on the branch's own line (first parents) that is not later than that second; nothing where all are. */
  newestUntil(time: number): Oid | undefined {
    const line = this.#currentLine()
    for (let block = this.#earliest.length - 1; block >= 0; block--) {
      if (this.#earliest[block]! > time) continue
      for (let at = Math.min(line.length, (block + 1) * blockLength) - 1; ; at--)
        if (this.#times[line[at]!]! <= time) return this.oid(line[at]!)
    }
    return undefined
  }

  /** The first parent; nothing where there is none. */
  parent(commit: Oid): Oid | undefined {
    const parent = this.#firstParents[this.#known(commit)]!
    return parent < 0 ? undefined : this.oid(parent)
  }

  /** The commits that lead to that one, itself included, by their places. */
  behind(commit: Oid): ReadonlySet<number> {
    const seen = new Set<number>()
    const next = [this.#known(commit)]
    for (let place = next.pop(); place !== undefined; place = next.pop()) {
      if (place < 0 || seen.has(place)) continue
      seen.add(place)
      next.push(...this.#parentsOf(place))
    }
    return seen
  }

  /**
   * The branch's own line from behind `since` on, oldest first. A commit of a side branch joined the line with a merge: from there
   * on. Without `since` the whole line.
   */
  lineSince(since: Oid | undefined): Oid[] {
    const line = this.#currentLine()
    if (since === undefined) return line.map((place) => this.oid(place))
    const place = this.#known(since)
    const known = line.lastIndexOf(place)
    return line.slice(known >= 0 ? known + 1 : this.#joined(place)).map((place) => this.oid(place))
  }

  /** Where on the line the commit's descendants begin. Places rise from parent to child, so one pass finds them all. */
  #joined(since: number): number {
    const descends = new Set([since])
    for (let place = since + 1; place < this.#count; place++)
      if (this.#parentsOf(place).some((parent) => descends.has(parent))) descends.add(place)
    return this.#line.findIndex((place) => descends.has(place))
  }

  #parentsOf(place: number): number[] {
    const first = this.#firstParents[place]!
    return first < 0 ? [] : [first, ...(this.#merged.get(place) ?? [])]
  }

  #currentLine(): readonly number[] {
    if (this.#line.length > 0 || this.#count === 0) return this.#line
    const line: number[] = []
    for (let place = this.#count - 1; place >= 0; place = this.#firstParents[place]!) line.push(place)
    this.#earliest = []
    for (const place of line.reverse()) this.#prolong(place)
    return this.#line
  }

  #prolong(place: number): void {
    const block = Math.floor(this.#line.length / blockLength)
    this.#earliest[block] = Math.min(this.#earliest[block] ?? Number.POSITIVE_INFINITY, this.#times[place]!)
    this.#line.push(place)
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

const blockLength = 4_096
