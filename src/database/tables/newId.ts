export interface IdSource {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** That many random bytes. */
  readonly random: (length: number) => Uint8Array
}

/**
 * A generator of UUIDv7 (RFC 9562 §5.7). Each id is greater than the one before: within a millisecond, or when the clock
 * went back, `rand_a` counts on from a random start (§6.2, method 1); when it is full the time goes one millisecond ahead.
 */
export function createNewId({ now, random }: IdSource): () => string {
  let time = -1
  let counter = 0
  return () => {
    const bytes = random(10)
    const current = now()
    if (current > time || counter === 0xfff) {
      time = Math.max(current, time + 1)
      // The top bit of a fresh counter is 0, so that there is room to count.
      counter = ((bytes[0]! << 8) | bytes[1]!) & 0x7ff
    } else counter++
    return format(time, counter, bytes.subarray(2))
  }
}

function format(time: number, counter: number, random: Uint8Array): string {
  const id = Buffer.alloc(16)
  id.writeUIntBE(time, 0, 6)
  id.writeUInt16BE(0x7000 | counter, 6)
  id.set(random, 8)
  id[8] = 0x80 | (id[8]! & 0x3f)
  const hex = id.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
