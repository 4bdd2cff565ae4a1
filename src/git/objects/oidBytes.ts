import type { Oid } from './object.ts'

/** Writes the 20 bytes of an id; without a call out of JavaScript, which takes longer. */
export function writeOid(memory: Uint8Array, start: number, oid: Oid): void {
  for (let at = 0; at < 20; at++)
    memory[start + at] = (digitOf[oid.charCodeAt(2 * at) & 127]! << 4) | digitOf[oid.charCodeAt(2 * at + 1) & 127]!
}

/** Whether the bytes there are those of this id; what is no id is nowhere. */
export function isOidAt(memory: Uint8Array, start: number, oid: Oid): boolean {
  if (oid.length !== 40) return false
  for (let at = 0; at < 20; at++) {
    const byte = memory[start + at]!
    if (digits[byte >> 4] !== oid.charCodeAt(2 * at) || digits[byte & 15] !== oid.charCodeAt(2 * at + 1)) return false
  }
  return true
}

/** Eight of an id's digits, from there on, as a number. */
export function bitsAt(oid: Oid, start: number): number {
  let bits = 0
  for (let at = start; at < start + 8; at++) bits = (bits << 4) | digitOf[oid.charCodeAt(at) & 127]!
  return bits >>> 0
}

/** The characters of the hex digits, and the digits of the characters. */
const digits = Buffer.from('0123456789abcdef')
const digitOf = new Uint8Array(128)
for (const [digit, character] of digits.entries()) digitOf[character] = digit
