import { CommitbaseError } from '../../errors.ts'

/** A place where a new version differs from the last: `removed` bytes of the old one at `at` became `added` new ones. */
export interface Edit {
  /** In the old version. */
  readonly at: number
  readonly removed: number
  readonly added: number
}

/**
 * The delta that makes `body` from its last version (gitformat-pack, "Deltified representation"): both sizes, then copies of the
 * old bytes and insertions of new ones. Nothing where that would not be much shorter than the body, which begins at `start`.
 */
export function encodeDelta(edits: readonly Edit[], body: Buffer, start = 0): Buffer | undefined {
  const length = body.length - start
  let baseLength = length
  let inserted = 0
  for (const { added, removed } of edits) {
    baseLength += removed - added
    inserted += added
  }
  // An insertion's ends are a byte each 127, a copy at most seven, and one each 64 KiB.
  if (inserted + edits.length * 9 > length / 2) return undefined
  const delta = new DeltaWriter(inserted * 1.01 + edits.length * 9 + (baseLength / longestCopy) * 7 + 32)
  delta.size(baseLength)
  delta.size(length)
  let from = 0
  let to = 0
  for (const { at, removed, added } of edits.length > 1 ? edits.toSorted((a, b) => a.at - b.at) : edits) {
    delta.copy(from, at - from)
    to += at - from
    delta.insert(body, start + to, added)
    to += added
    from = at + removed
  }
  delta.copy(from, baseLength - from)
  return delta.bytes
}

/** What the delta makes of its base. Throws `internal` where they do not fit together. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0
  const readSize = (): number => {
    let size = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = delta[at++]!
      size += (byte & 0x7f) * scale
      if (byte < 0x80) return size
    }
  }
  const baseSize = readSize()
  const result = Buffer.allocUnsafe(readSize())
  let filled = 0
  while (at < delta.length) {
    const op = delta[at++]!
    if (op < 0x80) {
      delta.copy(result, filled, at, at + op)
      at += op
      filled += op
      continue
    }
    // Not in a loop: what the first history after a start reads are hundreds of these, before any of it is compiled.
    let from = op & 0x01 ? delta[at++]! : 0
    if (op & 0x02) from |= delta[at++]! << 8
    if (op & 0x04) from |= delta[at++]! << 16
    if (op & 0x08) from += delta[at++]! * 0x1000000
    let size = op & 0x10 ? delta[at++]! : 0
    if (op & 0x20) size |= delta[at++]! << 8
    if (op & 0x40) size |= delta[at++]! << 16
    if (size === 0) size = 0x10000
    base.copy(result, filled, from, from + size)
    filled += size
  }
  if (baseSize === base.length && filled === result.length) return result
  throw new CommitbaseError('internal', 'a delta does not fit its base: a pack is damaged')
}

const longestInsertion = 127
/** What one copy can say in three bytes of size; zero would mean 65,536. */
const longestCopy = 0xffff

class DeltaWriter {
  readonly #bytes: Buffer
  #end = 0

  /** The room for all that is going to be written. */
  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafe(Math.ceil(room))
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  size(size: number): void {
    let rest = size
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.#bytes[this.#end++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#end++] = rest
  }

  insert(body: Buffer, from: number, length: number): void {
    for (let at = from; at < from + length; at += longestInsertion) {
      const end = Math.min(at + longestInsertion, from + length)
      this.#bytes[this.#end++] = end - at
      for (let from = at; from < end; from++) this.#bytes[this.#end++] = body[from]!
    }
  }

  copy(from: number, length: number): void {
    for (let done = 0; done < length; done += longestCopy)
      this.#copyOnce(from + done, Math.min(longestCopy, length - done))
  }

  /** A bit of the first byte for each byte of offset and size that is not zero. */
  #copyOnce(from: number, length: number): void {
    const place = this.#end++
    let bits = 0x80
    let rest = from
    for (let bit = 0x01; rest > 0; bit <<= 1, rest = Math.floor(rest / 256)) {
      if ((rest & 0xff) === 0) continue
      bits |= bit
      this.#bytes[this.#end++] = rest & 0xff
    }
    rest = length
    for (let bit = 0x10; rest > 0; bit <<= 1, rest >>= 8) {
      if ((rest & 0xff) === 0) continue
      bits |= bit
      this.#bytes[this.#end++] = rest & 0xff
    }
    this.#bytes[place] = bits
  }
}
