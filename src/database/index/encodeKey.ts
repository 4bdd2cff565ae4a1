import { hash } from 'node:crypto'
import { canonicalJson } from '../json/canonicalJson.ts'

/**
 * Keys of an index: bytes that sort as mingo compares values (`SORT_ORDER` in mingo/util): missing, null, numbers, texts by
 * their UTF-16 units, objects, lists, false, true. A key says where it ends, so that those of several fields can follow each
 * other. Objects and lists are there by digest: mingo's order of them is not one that bytes could have, so only equality is asked
 * of them. A text above 96 bytes is cut and ends with a digest: equality stays exact, and a range takes all with that beginning.
 */
export function encodeKey(value: unknown): Buffer {
  if (value === undefined) return missing
  if (value === null) return nothing
  if (value === false) return no
  if (value === true) return yes
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value === 'string') return encodeText(value)
  return encodeStructure(value as object)
}

/** Both ends belong to it. */
export interface KeyRange {
  readonly low: Buffer
  readonly high: Buffer
}

/** The keys that equal the value for mingo: null and missing are one. */
export function pointOf(value: unknown): KeyRange {
  if (value === null || value === undefined) return { low: missing, high: nothing }
  const key = encodeKey(value)
  return { low: key, high: key }
}

/** The keys of the value's type that are not below it; for objects and lists all of them. */
export function fromValue(value: unknown): KeyRange {
  const { low, high } = typeRange(value)
  return { low: isOrdered(value) ? beginningOf(value) : low, high }
}

/** The keys of the value's type that are not above it. */
export function upToValue(value: unknown): KeyRange {
  const { low, high } = typeRange(value)
  return { low, high: isOrdered(value) ? Buffer.concat([beginningOf(value), ...endOf(value)]) : high }
}

/** The keys of texts that begin so. */
export function beginningWith(text: string): KeyRange {
  const low = beginningOf(text)
  return { low, high: Buffer.concat([low, last]) }
}

/** All keys of the type that the value has. */
export function typeRange(value: unknown): KeyRange {
  const [tag] = encodeKey(value)
  if (typeof value === 'boolean') return { low: no, high: yes }
  return { low: Buffer.of(tag!), high: Buffer.of(tag!, 0xff) }
}

/** All keys but that of what is missing. */
export const present: KeyRange = { low: Buffer.of(0x06), high: Buffer.of(0xff) }

/** The key of what is missing. */
export const absent: KeyRange = { low: Buffer.of(0x05), high: Buffer.of(0x05) }

/** Behind every key that begins so. */
export const last = Buffer.of(0xff)

/**
 * Whether mingo does not take the value for what it is: an object's own key `constructor` decides there what type it has (`typeOf`
 * in mingo/util) and whom it equals.
 */
export function isOdd(value: unknown): boolean {
  return typeof value === 'object' && value !== null && JSON.stringify(value).includes('"constructor":')
}

const missing = Buffer.of(0x05)
const nothing = Buffer.of(0x06)
const no = Buffer.of(0x50)
const yes = Buffer.of(0x51)
const numberTag = 0x10
const textTag = 0x20
const objectTag = 0x30
const listTag = 0x40

/** IEEE 754 sorts as an unsigned number once the sign bit is turned, and all bits of what is negative. */
function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9)
  bytes[0] = numberTag
  // 0, whatever its sign.
  bytes.writeDoubleBE(value + 0, 1)
  if (bytes[1]! >= 0x80) for (let at = 1; at < 9; at++) bytes[at]! ^= 0xff
  else bytes[1]! ^= 0x80
  return bytes
}

/** Bytes of a text that are in its key as they are. */
const longestText = 96

function encodeText(text: string): Buffer {
  const bytes = unitBytes(text)
  if (bytes.length <= longestText) return Buffer.concat([textHead, escaped(bytes), textEnd])
  return Buffer.concat([textHead, escaped(bytes.subarray(0, longestText)), cutEnd, digest(text)])
}

const textHead = Buffer.of(textTag)
const textEnd = Buffer.of(0x00)
/** Sorts behind the end of a text; the NUL in a text is 00 FF and sorts behind both. */
const cutEnd = Buffer.of(0x00, 0xfe)

/** Without its end, and cut where it is long. */
function beginningOf(value: unknown): Buffer {
  if (typeof value !== 'string') return encodeKey(value)
  return Buffer.concat([textHead, escaped(unitBytes(value).subarray(0, longestText))])
}

/** What makes a beginning of its own kind the last one that is not above the value. */
function endOf(value: unknown): Buffer[] {
  if (typeof value !== 'string') return []
  return [unitBytes(value).length < longestText ? textEnd : last]
}

/** Each UTF-16 unit in UTF-8's way (CESU-8): these bytes sort as the units do, and plain UTF-8 is the same where no pairs are. */
function unitBytes(text: string): Buffer {
  if (!/[\ud800-\udfff]/.test(text)) return Buffer.from(text)
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) bytes.push(unit)
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
  }
  return Buffer.from(bytes)
}

function escaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes
  return Buffer.from([...bytes].flatMap((byte) => (byte === 0 ? [0x00, 0xff] : [byte])))
}

/** By canonical JSON (RFC 8785): the order of keys is no difference, as for mingo. */
function encodeStructure(value: object): Buffer {
  return Buffer.concat([Buffer.of(Array.isArray(value) ? listTag : objectTag), digest(canonicalJson(value))])
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16)
}

/** Whether the bytes of its type sort as mingo compares it. */
function isOrdered(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}
