import { CommitbaseError } from '../../errors.ts'
import { lengthOf } from '../lengthOf.ts'
import type { Oid } from './object.ts'
import { writeOid } from './oidBytes.ts'
import { decodeName, type Mode } from './tree.ts'

/** Where an entry is to come, or to go: its index and first byte without any of those that come or go with it. */
export interface Gap {
  readonly index: number
  readonly at: number
  readonly length: number
}

/**
 * A tree object's entries in one buffer, `mode SP name NUL 20-byte-id` each, with room in front for git's header and, once some
 * came, behind for more: a new buffer for each change would be memory that V8 collects all of the heap for.
 */
export class EntryBytes {
  #bytes: Buffer
  /** Where each entry begins in the buffer. */
  readonly #starts: number[] = []
  /** Where the last one ends. */
  #end: number
  /** The object, header in front, until entries come or go. */
  #object: Buffer | undefined

  /** Reads a tree object's body; it is copied. Throws `internal` where it is cut short. */
  constructor(body: Buffer) {
    this.#end = bodyStart + body.length
    this.#bytes = allocate(this.#end)
    body.copy(this.#bytes, bodyStart)
    for (let at = bodyStart; at < this.#end; ) {
      this.#starts.push(at)
      const nul = this.#bytes.indexOf(0, at)
      if (nul < 0 || nul + 21 > this.#end) throw new CommitbaseError('internal', 'a tree object is cut short')
      at = nul + 21
    }
  }

  get size(): number {
    return this.#starts.length
  }

  /** The buffer, whose bytes the positions mean: another one once entries have come. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Bytes of the body. */
  get length(): number {
    return this.#end - bodyStart
  }

  /** The body as it is now: it changes when the entries do. */
  get body(): Buffer {
    return this.#bytes.subarray(bodyStart, this.#end)
  }

  /** The object as git hashes it, likewise. */
  get object(): Buffer {
    this.#object ??= this.#withHeader()
    return this.#object
  }

  copy(): Buffer {
    const copy = Buffer.allocUnsafe(this.length)
    this.#bytes.copy(copy, 0, bodyStart, this.#end)
    return copy
  }

  /** Where the entry begins; the end where there is none. */
  startOf(index: number): number {
    return this.#starts[index] ?? this.#end
  }

  /** Modes have five digits (folders) or six; git has written no others for long. */
  nameStart(index: number): number {
    const at = this.#starts[index]!
    return this.#bytes[at + 5] === space ? at + 6 : at + 7
  }

  isFolder(index: number): boolean {
    return this.#bytes[this.#starts[index]! + 5] === space
  }

  /** What its name sorts as if it ended in. */
  endOf(index: number): number {
    return this.isFolder(index) ? slash : 0
  }

  modeAt(index: number): Mode {
    const at = this.#starts[index]!
    if (this.#bytes[at + 5] === space) return '40000'
    if (this.#bytes.readUInt32BE(at + 2) === fileModeEnd && this.#bytes[at + 1] === 0x30) return '100644'
    return this.#bytes.toString('latin1', at, at + 6) as Mode
  }

  oidStart(index: number): number {
    return this.startOf(index + 1) - 20
  }

  oidAt(index: number): Oid {
    const at = this.oidStart(index)
    return this.#bytes.toString('hex', at, at + 20)
  }

  nameLength(index: number): number {
    return this.oidStart(index) - 1 - this.nameStart(index)
  }

  nameAt(index: number): string {
    return decodeName(this.#bytes.subarray(this.nameStart(index), this.oidStart(index) - 1))
  }

  /** The entry's place, to take it away. */
  gapOf(index: number): Gap {
    const at = this.#starts[index]!
    return { index, at, length: this.startOf(index + 1) - at }
  }

  /** What is written there. */
  read({ at, length }: Gap): string {
    return this.#bytes.toString('latin1', at, at + length)
  }

  /** Writes over an entry of the same length, or over what is in a gap. The name is bytes, one a character. */
  write(index: number, mode: Mode, name: string, oid: Oid): void {
    const at = this.#starts[index]!
    const end = at + this.#bytes.write(`${mode} ${name}`, at, 'latin1')
    this.#bytes[end] = 0
    writeOid(this.#bytes, end + 1, oid)
  }

  /** Makes way for entries, in their order. What is in the gaps is for `write`. */
  open(gaps: readonly Gap[]): void {
    let moved = lengthOf(gaps)
    this.#makeRoom(moved)
    this.#object = undefined
    let [end, size] = [this.#end, this.size]
    this.#end += moved
    for (const _ of gaps) this.#starts.push(0)
    // From behind: each part moves over what has moved already.
    for (let gap = gaps.length - 1; gap >= 0; gap--) {
      const { index, at, length } = gaps[gap]!
      if (at < end) this.#bytes.copyWithin(at + moved, at, end)
      for (let from = size - 1; from >= index; from--) this.#starts[from + gap + 1] = this.#starts[from]! + moved
      moved -= length
      this.#starts[index + gap] = at + moved
      end = at
      size = index
    }
  }

  /** Takes the entries away that are in the gaps: the inverse of `open`. */
  close(gaps: readonly Gap[]): void {
    const end = this.#end - lengthOf(gaps)
    const size = this.size - gaps.length
    let moved = 0
    this.#object = undefined
    for (let gap = 0; gap < gaps.length; gap++) {
      const { index, at, length } = gaps[gap]!
      const next = gaps[gap + 1] ?? { index: size, at: end }
      moved += length
      if (at < next.at) this.#bytes.copyWithin(at, at + moved, next.at + moved)
      for (let to = index; to < next.index; to++) this.#starts[to] = this.#starts[to + gap + 1]! - moved
    }
    this.#starts.length = size
    this.#end = end
  }

  #makeRoom(added: number): void {
    if (this.#end + added <= this.#bytes.length) return
    const grown = allocate(Math.ceil((this.#end + added) * (1 + spare)) + leastSpare)
    this.#bytes.copy(grown, bodyStart, bodyStart, this.#end)
    this.#bytes = grown
  }

  #withHeader(): Buffer {
    const header = `tree ${this.length}\0`
    const start = bodyStart - header.length
    this.#bytes.write(header, start, 'latin1')
    return this.#bytes.subarray(start, this.#end)
  }
}

/** Where the body begins in the buffer: a header of ten digits has room before it. */
export const bodyStart = 16

/** Part of the bytes, and bytes, that a buffer has to spare when it has to grow. */
const spare = 1 / 8
const leastSpare = 256

/** `0644`, as bytes. */
const fileModeEnd = 0x30363434
const space = 0x20
const slash = 0x2f

/** Not from Node's pool: a small buffer that stays would keep all of its 64 KiB. */
function allocate(length: number): Buffer {
  return Buffer.allocUnsafeSlow(length)
}
