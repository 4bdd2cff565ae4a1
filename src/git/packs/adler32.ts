/** RFC 1950 §8.2 */
export function adler32(bytes: Buffer): number {
  let a = 1
  let b = 0
  for (let from = 0; from < bytes.length; from += mostSummed) {
    const to = Math.min(from + mostSummed, bytes.length)
    for (let at = from; at < to; at++) {
      a = (a + bytes[at]!) | 0
      b = (b + a) | 0
    }
    a %= 65_521
    b %= 65_521
  }
  return ((b << 16) | a) >>> 0
}

/** Bytes whose sums have at most 31 bits, so that one remainder is enough for all of them. */
const mostSummed = 3_800
