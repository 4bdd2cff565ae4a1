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
  let head = ''
  let counter = 0
  return () => {
    const bytes = random(10)
    const current = now()
    if (current > time || counter === 0xfff) {
      time = Math.max(current, time + 1)
      head = headOf(time)
      // The top bit of a fresh counter is 0, so that there is room to count.
      counter = ((bytes[0]! << 8) | bytes[1]!) & 0x7ff
    } else counter++
    return `${head}-${(0x7000 | counter).toString(16)}-${tailOf(bytes)}`
  }
}

function headOf(time: number): string {
  const digits = time.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}`
}

/** The variant's two bits, and 62 random ones. */
function tailOf(bytes: Uint8Array): string {
  let tail = `${hex[0x80 | (bytes[2]! & 0x3f)]}${hex[bytes[3]!]}-`
  for (let at = 4; at < 10; at++) tail += hex[bytes[at]!]
  return tail
}

/** Each byte as two digits. */
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
