/** RFC 1950 §8.2; of at most `mostSummed` bytes, so that one remainder at the end is enough. */
export function adler32(bytes: Buffer): number {
  let a = 1
  let b = 0
  for (let at = 0; at < bytes.length; at++) {
    a += bytes[at]!
    b += a
  }
  return (((b % 65_521) << 16) | (a % 65_521)) >>> 0
}

export const mostSummed = 5_552
