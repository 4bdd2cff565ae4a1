/** Bytes. */
export const longestInput = 32_768

/** A new input out of those that are there: a few changes to one of them. */
export function mutate(random: () => number, corpus: readonly Buffer[], words: readonly string[]): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  let bytes: Buffer = Buffer.from(pick(corpus))
  for (let left = 1 + Math.floor(random() * 6); left > 0; left--) bytes = change(bytes)
  return bytes.subarray(0, longestInput)

  function change(bytes: Buffer): Buffer {
    const at = Math.floor(random() * (bytes.length + 1))
    const until = Math.min(bytes.length, at + 1 + Math.floor(random() ** 3 * 200))
    const piece = bytes.subarray(at, until)
    const put = (inserted: Buffer, end = at) => Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(end)])
    switch (Math.floor(random() * 9)) {
      case 0:
        return put(Buffer.from(piece.map((byte) => byte ^ (1 << Math.floor(random() * 8)))), until)
      case 1:
        return put(Buffer.alloc(0), until)
      case 2:
        return put(Buffer.concat([piece, piece]))
      case 3:
        return put(Buffer.from(pick(oddBytes)))
      case 4:
      case 5:
        return words.length > 0 ? put(Buffer.from(pick(words))) : bytes
      case 6: {
        const other = pick(corpus)
        const start = Math.floor(random() * other.length)
        return put(other.subarray(start, start + Math.floor(random() * 500)), until)
      }
      case 7:
        return put(Buffer.alloc(Math.floor(random() ** 4 * 3_000), piece.length > 0 ? piece : 'x'))
      default:
        return bytes.subarray(0, at)
    }
  }
}

const oddBytes: readonly number[][] = [
  [0],
  [0xff],
  [0x80],
  [0x7f, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x0a],
  [0x0d],
  [0x1b, 0x5b],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x80, 0xa8],
  [0xef, 0xbb, 0xbf],
]
