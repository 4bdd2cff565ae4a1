import type { Oid } from '../objects/object.ts'
import { writeOid } from '../objects/oidBytes.ts'
import { OidPlaces } from '../objects/oidPlaces.ts'
import { sharedBuffer, sharedWords } from '../sharedBuffer.ts'

/** Bytes of an entry in a table: id (20), CRC-32 (4), offset in the pack (4). */
export const tableEntry = 28

/** What the index of a growing pack is made of, an entry behind the other in the order of the pack, but for the checksums. A thread can read it while this one goes on writing behind it. */
export class PackTable {
  #bytes = sharedBuffer(1_024 * tableEntry)
  #sums = sharedWords(enoughSums)
  #count = 0
  readonly #places = new OidPlaces()

  get count(): number {
    return this.#count
  }

  /** The first so many entries; they never change. */
  bytes(count: number): Buffer {
    return this.#bytes.subarray(0, count * tableEntry)
  }

  /** The places of their checksums, which are whoever's who finishes a part. */
  sums(count: number): Uint32Array {
    return this.#sums.subarray(0, count)
  }

  /** The offset in the pack of the object's entry; -1 where it has none. */
  find(oid: Oid): number {
    const at = this.#places.find(oid, this.#bytes)
    return at < 0 ? -1 : this.#bytes.readUInt32BE(at + 24)
  }

  /** Puts an entry of an object that has none behind the others. */
  push(oid: Oid, offset: number): void {
    const at = this.#count * tableEntry
    if (at === this.#bytes.length) this.#grow()
    writeOid(this.#bytes, at, oid)
    this.#bytes.writeUInt32BE(offset, at + 24)
    this.#places.add(this.#bytes, at)
    this.#count += 1
  }

  offset(place: number): number {
    return this.#bytes.readUInt32BE(place * tableEntry + 24)
  }

  /** Takes away all entries but so many. */
  truncate(count: number): void {
    this.#sums.fill(0, count)
    for (; this.#count > count; this.#count--) this.#places.remove(this.#bytes, (this.#count - 1) * tableEntry)
  }

  /** Who holds the old bytes keeps them, and may be writing to the old checksums: they are made again. */
  #grow(): void {
    const grown = sharedBuffer(this.#bytes.length * 2)
    this.#bytes.copy(grown)
    this.#bytes = grown
    if (this.#sums.length < this.#count * 2) this.#sums = sharedWords(this.#count * 2)
  }
}

/** For most packs. The system gives memory as it is written to. */
const enoughSums = 1 << 16
