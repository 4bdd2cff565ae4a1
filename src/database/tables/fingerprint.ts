import { crc32 } from 'node:zlib'
import type { JsonObject } from '../json/json.ts'

/**
 * 32 bits of what a record says: those that say the same, as `isSameRecord` decides, have the same; whose differ say something else.
 * They are kept on disk: one that is made in another way needs another format there (`index/fingerprintFile.ts`).
 */
export function fingerprintOf(record: Readonly<JsonObject>): number {
  return fingerprintOfObject(record, '_updated') >>> 0
}

/** The same of a text alone. */
export function fingerprintOfText(text: string): number {
  if (text.length > longText) return spread(crc32(text))
  let bits = text.length ^ seeds.text
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193)
  return spread(bits)
}

/** Characters from which on a call out of JavaScript takes less time than a loop. */
const longText = 150

/** A sum, since the order of keys says nothing. */
function fingerprintOfObject(object: Readonly<JsonObject>, except?: string): number {
  let sum = seeds.object
  for (const key in object)
    if (key !== except)
      sum = (sum + spread(Math.imul(fingerprintOfText(key), 31) ^ fingerprintOfValue(object[key]))) | 0
  return spread(sum)
}

function fingerprintOfValue(value: unknown): number {
  if (typeof value === 'string') return fingerprintOfText(value)
  if (typeof value === 'number') return fingerprintOfNumber(value)
  if (typeof value !== 'object') return value === true ? seeds.true : seeds.false
  if (value === null) return seeds.null
  return Array.isArray(value) ? fingerprintOfList(value) : fingerprintOfObject(value as JsonObject)
}

function fingerprintOfNumber(value: number): number {
  const whole = value | 0
  if (whole === value) return spread(whole ^ seeds.whole)
  double[0] = value
  return spread(Math.imul(halves[0]!, 31) ^ spread(halves[1]! ^ seeds.double))
}

function fingerprintOfList(list: readonly unknown[]): number {
  let bits = seeds.list
  for (const item of list) bits = Math.imul(bits, 31) ^ fingerprintOfValue(item)
  return spread(bits)
}

/** Each bit that comes in decides over each that goes out (MurmurHash3's `fmix32`). */
function spread(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

/** What tells a list from an object, `1` from `"1"`, and so on. */
const seeds = { text: 1, whole: 2, double: 3, list: 4, object: 5, true: 6, false: 7, null: 8 }
