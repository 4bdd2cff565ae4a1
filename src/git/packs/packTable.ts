import type { Oid } from '../objects/object.ts'

/** Bytes of an entry in a table: id (20), CRC-32 (4), offset in the pack (4). */
export const tableEntry = 28

/** What a pack's index is made of, an entry behind the other in the order of the pack. In memory that threads share. */
export class PackTable {
  #bytes = sharedBuffer(1_024 * tableEntry)
  #count = 0
  readonly #places = new Places()

  get count(): number {
    return this.#count
  }

  /** The first so many entries; they never change. */
  bytes(count: number): Buffer {
    return this.#bytes.subarray(0, count * tableEntry)
  }

  /** The place of the object's entry; -1 where it has none. */
  placeOf(oid: Oid): number {
    return this.#places.find(oid, this.#bytes)
  }

  /** Puts an entry of an object that has none behind the others. */
  push(oid: Oid, crc: number, offset: number): void {
    if ((this.#count + 1) * tableEntry > this.#bytes.length) this.#grow()
    const at = this.#count * tableEntry
    this.#bytes.write(oid, at, 20, 'hex')
    this.#bytes.writeUInt32BE(crc, at + 20)
    this.#bytes.writeUInt32BE(offset, at + 24)
    this.#places.add(firstBits(oid), this.#count++)
  }

  offset(place: number): number {
    return this.#bytes.readUInt32BE(place * tableEntry + 24)
  }

  /** Takes away all entries but so many. */
  truncate(count: number): void {
    this.#count = count
    this.#places.clear()
    for (let place = 0; place < count; place++)
      this.#places.add(this.#bytes.readUInt32BE(place * tableEntry), place)
  }

  /** Who holds the old bytes keeps them. */
  #grow(): void {
    const grown = sharedBuffer(this.#bytes.length * 2)
    this.#bytes.copy(grown)
    this.#bytes = grown
  }
}

/**
 * The places of a table's ids: a hash table by their first 32 bits, which are as random as any hash. A Map would keep a text for each
 * id, and to find one it would look at several.
 */
class Places {
  /** Two numbers a slot: an id's first bits, and its place, counted from 1; 0 where the slot is free. */
  #slots = new Uint32Array(2 * 1_024)
  #count = 0

  find(oid: Oid, table: Buffer): number {
    const slots = this.#slots
    const mask = slots.length - 2
    const first = firstBits(oid)
    for (let slot = (first << 1) & mask; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      const place = slots[slot + 1]! - 1
      if (slots[slot] === first && isAt(table, place * tableEntry, oid)) return place
    }
    return -1
  }

  add(first: number, place: number): void {
    this.#count += 1
    // At most half of the slots are taken.
    if (this.#count * 4 > this.#slots.length) this.#grow()
    this.#put(first, place + 1)
  }

  clear(): void {
    this.#slots.fill(0)
    this.#count = 0
  }

  #put(first: number, number: number): void {
    const slots = this.#slots
    const mask = slots.length - 2
    let slot = (first << 1) & mask
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
    slots[slot] = first
    slots[slot + 1] = number
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Uint32Array(2 * before.length)
    for (let slot = 0; slot < before.length; slot += 2)
      if (before[slot + 1] !== 0) this.#put(before[slot]!, before[slot + 1]!)
  }
}

/** An id's first eight digits as a number. */
function firstBits(oid: Oid): number {
  let bits = 0
  for (let at = 0; at < 8; at++) bits = (bits << 4) | valueOf[oid.charCodeAt(at) & 0x7f]!
  return bits >>> 0
}

/** Whether the bytes there are this id; what is no id is nowhere. */
function isAt(table: Buffer, start: number, oid: Oid): boolean {
  if (oid.length !== 40) return false
  for (let at = 0; at < 20; at++) {
    const byte = table[start + at]!
    if (digits[byte >> 4] !== oid.charCodeAt(2 * at) || digits[byte & 15] !== oid.charCodeAt(2 * at + 1)) return false
  }
  return true
}

/** The characters of the hex digits, and the digits of the characters. */
const digits = Buffer.from('0123456789abcdef')
const valueOf = new Uint8Array(128)
for (const [value, digit] of digits.entries()) valueOf[digit] = value

/** Memory that a thread can read while this one goes on writing behind it. */
export function sharedBuffer(length: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(length))
}
