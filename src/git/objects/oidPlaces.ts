import { sharedWords } from '../sharedBuffer.ts'
import type { Oid } from './object.ts'
import { bitsAt, isOidAt } from './oidBytes.ts'

/**
 * Where the bytes of ids are in some memory: a hash table by their first 32 bits, which are as random as any hash. A Map would keep a
 * text for each id, and to find one it would look at several.
 */
export class OidPlaces {
  /** Two numbers a slot: an id's first bits, and where it is, counted from 1; 0 where the slot is free. */
  #slots = sharedWords(2 * 1_024)
  #count = 0

  /** Where the id is; -1 where it is not there. */
  find(oid: Oid, memory: Buffer): number {
    const slots = this.#slots
    const mask = slots.length - 2
    const first = bitsAt(oid, 0)
    for (let slot = (first << 1) & mask; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      const at = slots[slot + 1]! - 1
      if (slots[slot] === first && isOidAt(memory, at, oid)) return at
    }
    return -1
  }

  /** Notes where an id is that is not there yet. */
  add(memory: Buffer, at: number): void {
    this.#count += 1
    // At most half of the slots are taken.
    if (this.#count * 4 > this.#slots.length) this.#grow()
    this.#put(memory.readUInt32BE(at), at + 1)
  }

  /** Forgets the id that is there. */
  remove(memory: Buffer, at: number): void {
    const slots = this.#slots
    const mask = slots.length - 2
    let free = (memory.readUInt32BE(at) << 1) & mask
    while (slots[free + 1] !== at + 1) free = (free + 2) & mask
    // Those behind it that were put there because of it move up (Knuth, TAOCP §6.4, algorithm R).
    for (let slot = (free + 2) & mask; slots[slot + 1] !== 0; slot = (slot + 2) & mask) {
      const wanted = (slots[slot]! << 1) & mask
      if (((slot - wanted) & mask) < ((slot - free) & mask)) continue
      slots[free] = slots[slot]!
      slots[free + 1] = slots[slot + 1]!
      free = slot
    }
    slots[free + 1] = 0
    this.#count -= 1
  }

  #put(first: number, place: number): void {
    const slots = this.#slots
    const mask = slots.length - 2
    let slot = (first << 1) & mask
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
    slots[slot] = first
    slots[slot + 1] = place
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = sharedWords(2 * before.length)
    for (let slot = 0; slot < before.length; slot += 2)
      if (before[slot + 1] !== 0) this.#put(before[slot]!, before[slot + 1]!)
  }
}
