import type { GitObject, ObjectType, Oid } from './objects/object.ts'
import { writeOid } from './objects/oidBytes.ts'
import { OidPlaces } from './objects/oidPlaces.ts'
import { sharedBuffer } from './sharedBuffer.ts'

/**
 * The objects that were used last, in a ring of that many bytes: the next one takes the place of the oldest ones. An id always names
 * the same bytes, so nothing in it is ever stale.
 */
export class ObjectCache {
  readonly #size: number
  #memory: Buffer | undefined
  readonly #places = new OidPlaces()
  #count = 0
  #oldest = 0
  #next = 0
  /** Where the last entry before the ring's end ends. */
  #end: number

  constructor(size: number) {
    this.#size = size
    this.#end = size
  }

  get(oid: Oid): GitObject | undefined {
    if (!this.#memory) return undefined
    const at = this.#places.find(oid, this.#memory)
    if (at < 0) return undefined
    const type = types[this.#memory[at + typeAt]!]!
    const object = { oid, type, body: Buffer.from(this.#memory.subarray(at + head, this.#endOf(at))) }
    const age = (this.#next - at + this.#size) % this.#size
    if (age > this.#size / 2) this.#renew(at, object)
    return object
  }

  add({ oid, type, body }: GitObject): void {
    const length = head + body.length
    if (length > this.#size / 8) return
    this.#memory ??= sharedBuffer(this.#size)
    if (this.#places.find(oid, this.#memory) >= 0) return
    const at = this.#roomFor(length)
    writeOid(this.#memory, at, oid)
    this.#memory[at + typeAt] = types.indexOf(type)
    this.#memory.writeUInt32BE(body.length, at + lengthAt)
    this.#memory.set(body, at + head)
    this.#places.add(this.#memory, at)
    this.#count += 1
    this.#next = at + length
  }

  /** Puts it in front again. */
  #renew(at: number, object: GitObject): void {
    this.#places.remove(this.#memory!, at)
    this.#memory![at + typeAt] = left
    this.add(object)
  }

  #roomFor(length: number): number {
    if (this.#next + length > this.#size) {
      while (this.#count > 0 && this.#oldest >= this.#next) this.#dropOldest()
      this.#end = this.#next
      this.#next = 0
    }
    if (this.#count === 0) this.#oldest = this.#next
    while (this.#count > 0 && this.#oldest >= this.#next && this.#oldest < this.#next + length) this.#dropOldest()
    return this.#next
  }

  #dropOldest(): void {
    const at = this.#oldest
    if (this.#memory![at + typeAt] !== left) this.#places.remove(this.#memory!, at)
    this.#oldest = this.#endOf(at)
    this.#count -= 1
    if (this.#oldest < this.#end) return
    this.#oldest = 0
    this.#end = this.#size
  }

  #endOf(at: number): number {
    return at + head + this.#memory!.readUInt32BE(at + lengthAt)
  }
}

/** An entry: id (20), type (1), length (4), body. */
const typeAt = 20
const lengthAt = 21
const head = 25

/** `left`: of an entry that was put in front. */
const types: readonly ObjectType[] = ['blob', 'tree', 'commit', 'tag']
const left = types.length
