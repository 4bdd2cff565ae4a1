import type { Oid } from '../objects/object.ts'

/** Bytes of an entry in a table: id (20), CRC-32 (4), offset in the pack (4). */
export const tableEntry = 28

/** What a pack's index is made of, an entry behind the other in the order of the pack. In memory that threads share. */
export class PackTable {
  #bytes = sharedBuffer(1_024 * tableEntry)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The first so many entries; they never change. */
  bytes(count: number): Buffer {
    return this.#bytes.subarray(0, count * tableEntry)
  }

  push(oid: Oid, crc: number, offset: number): number {
    if ((this.#count + 1) * tableEntry > this.#bytes.length) this.#grow()
    const at = this.#count * tableEntry
    this.#bytes.write(oid, at, 20, 'hex')
    this.#bytes.writeUInt32BE(crc, at + 20)
    this.#bytes.writeUInt32BE(offset, at + 24)
    return this.#count++
  }

  offset(place: number): number {
    return this.#bytes.readUInt32BE(place * tableEntry + 24)
  }

  /** Takes away all entries but so many. Gives the ids of those that went. */
  truncate(count: number): Oid[] {
    const gone: Oid[] = []
    for (let place = count; place < this.#count; place++)
      gone.push(this.#bytes.toString('hex', place * tableEntry, place * tableEntry + 20))
    this.#count = count
    return gone
  }

  /** Who holds the old bytes keeps them. */
  #grow(): void {
    const grown = sharedBuffer(this.#bytes.length * 2)
    this.#bytes.copy(grown)
    this.#bytes = grown
  }
}

/** Memory that a thread can read while this one goes on writing behind it. */
export function sharedBuffer(length: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(length))
}
