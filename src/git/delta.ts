import { CommitbaseError } from '../errors.ts'

/** A place where a new version differs from the last: `removed` bytes of the old one at `at` became `added` new ones. */
export interface Edit {
  /** In the old version. */
  readonly at: number
  readonly removed: number
  readonly added: number
}

/**
 * The delta that makes `body` from its last version (gitformat-pack, "Deltified representation"): both sizes, then copies of the
 * old bytes and insertions of new ones. Nothing where that would not be much shorter than the body.
 */
export function encodeDelta(edits: readonly Edit[], body: Buffer): Buffer | undefined {
  const { length } = body
  const grown = edits.reduce((sum, { added, removed }) => sum + added - removed, 0)
  const baseLength = length - grown
  const delta: number[] = []
  pushSize(delta, baseLength)
  pushSize(delta, length)
  let from = 0
  let to = 0
  for (const { at, removed, added } of edits.length > 1 ? edits.toSorted((a, b) => a.at - b.at) : edits) {
    pushCopy(delta, from, at - from)
    to += at - from
    pushInsertion(delta, body, to, added)
    to += added
    from = at + removed
    if (delta.length > length / 2) return undefined
  }
  pushCopy(delta, from, baseLength - from)
  return Buffer.from(delta)
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
    let from = 0
    let size = 0
    for (let bit = 0; bit < 4; bit++) if (op & (1 << bit)) from += delta[at++]! * 2 ** (8 * bit)
    for (let bit = 0; bit < 3; bit++) if (op & (0x10 << bit)) size |= delta[at++]! << (8 * bit)
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

function pushSize(delta: number[], size: number): void {
  let rest = size
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) delta.push((rest & 0x7f) | 0x80)
  delta.push(rest)
}

function pushInsertion(delta: number[], body: Buffer, from: number, length: number): void {
  for (let at = from; at < from + length; at += longestInsertion) {
    const end = Math.min(at + longestInsertion, from + length)
    delta.push(end - at)
    for (let place = at; place < end; place++) delta.push(body[place]!)
  }
}

function pushCopy(delta: number[], from: number, length: number): void {
  for (let done = 0; done < length; done += longestCopy)
    pushOneCopy(delta, from + done, Math.min(longestCopy, length - done))
}

/** A bit of the first byte for each byte of offset and size that is not zero. */
function pushOneCopy(delta: number[], from: number, length: number): void {
  const place = delta.push(0x80) - 1
  for (let bit = 0; bit < 4; bit++) {
    const byte = Math.floor(from / 2 ** (8 * bit)) & 0xff
    if (byte === 0) continue
    delta[place]! |= 1 << bit
    delta.push(byte)
  }
  for (let bit = 0; bit < 2; bit++) {
    const byte = (length >> (8 * bit)) & 0xff
    if (byte === 0) continue
    delta[place]! |= 0x10 << bit
    delta.push(byte)
  }
}
