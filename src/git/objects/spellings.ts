import type { EntryBytes } from './entryBytes.ts'

/**
 * The entries of a tree whose names equal these bytes but for the case of ASCII letters, in their order. A folder may hold many: those that
 * begin alike lie together, and are parted byte by byte until few are left.
 */
export function findSpellings(entries: EntryBytes, name: string): number[] {
  return findIn({ entries, name }, 0, 0, entries.size)
}

interface Sought {
  readonly entries: EntryBytes
  /** Bytes, one a character. */
  readonly name: string
}

/** Among those from `low` up to `high`, which are alike up to that byte. */
function findIn(sought: Sought, at: number, low: number, high: number): number[] {
  if (high - low <= few || at === sought.name.length) return lookAt(sought, low, high)
  const byte = sought.name.charCodeAt(at)
  const [upper, lower] = isLetter(byte) ? [byte & ~caseBit, byte | caseBit] : [byte, byte]
  const found = findWith(upper, sought, at, low, high)
  return upper === lower ? found : [...found, ...findWith(lower, sought, at, low, high)]
}

function findWith(byte: number, sought: Sought, at: number, low: number, high: number): number[] {
  const first = firstFrom(byte, sought.entries, at, low, high)
  return findIn(sought, at + 1, first, firstFrom(byte + 1, sought.entries, at, first, high))
}

/** The first of them that has no smaller byte there. */
function firstFrom(byte: number, entries: EntryBytes, at: number, low: number, high: number): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >>> 1
    const there = entries.bytes[entries.nameStart(middle) + at]! || entries.endOf(middle)
    if (there < byte) from = middle + 1
    else to = middle
  }
  return from
}

function lookAt({ entries, name }: Sought, low: number, high: number): number[] {
  const found: number[] = []
  for (let index = low; index < high; index++)
    if (entries.nameLength(index) === name.length && isSpelling(entries, index, name)) found.push(index)
  return found
}

function isSpelling(entries: EntryBytes, index: number, name: string): boolean {
  const { bytes } = entries
  const start = entries.nameStart(index)
  // From the end: names that are alike begin alike.
  for (let at = name.length - 1; at >= 0; at--) {
    if (lowered(bytes[start + at]!) !== lowered(name.charCodeAt(at))) return false
  }
  return true
}

function lowered(byte: number): number {
  return isLetter(byte) ? byte | caseBit : byte
}

/** Of ASCII, in either case. */
function isLetter(byte: number): boolean {
  const lower = byte | caseBit
  return lower >= 0x61 && lower <= 0x7a
}

const caseBit = 0x20

/** So many entries are quicker looked at than parted. */
const few = 16
