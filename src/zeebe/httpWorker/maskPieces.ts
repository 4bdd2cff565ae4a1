/**
 * Masks pieces of these texts: an answer may echo a secret cut in two, or shortened. A piece is half of the text or more, but no
 * shorter than 8 characters, and 16 are always one; what is shorter is as likely somebody's word as a part of a secret.
 */
export function maskPieces(texts: readonly string[]): (input: string) => string {
  const long = texts.filter((text) => text.length >= grain)
  if (long.length === 0) return (input) => input
  const grains = grainsOf(long)
  // Wherever a piece lies, one of its grains begins at a multiple of this.
  const stride = Math.min(...long.map(shortestPiece)) - grain + 1
  return (input) => {
    let masked = ''
    let done = 0
    for (let at = 0; at + grain <= input.length; at += stride) {
      const end = at < done ? undefined : pieceAt(input, at, done, grains)
      if (!end) continue
      masked += `${input.slice(done, end.from)}***`
      done = end.to
    }
    return masked + input.slice(done)
  }
}

/** Characters by which pieces are found. */
const grain = 8

interface Place {
  readonly text: string
  readonly at: number
}

function shortestPiece(text: string): number {
  return Math.min(16, Math.max(grain, Math.ceil(text.length / 2)))
}

function grainsOf(texts: readonly string[]): ReadonlyMap<string, readonly Place[]> {
  const grains = new Map<string, Place[]>()
  for (const text of texts) {
    for (let at = 0; at + grain <= text.length; at++) {
      const key = text.slice(at, at + grain)
      const places = grains.get(key) ?? []
      if (places.length < mostPlaces) grains.set(key, [...places, { text, at }])
    }
  }
  return grains
}

/** Of one that repeats itself, the first few places tell enough. */
const mostPlaces = 8

/** The longest piece around a grain of the input, not reaching before `first`. */
function pieceAt(input: string, at: number, first: number, grains: ReadonlyMap<string, readonly Place[]>) {
  let longest: { from: number; to: number } | undefined
  for (const place of grains.get(input.slice(at, at + grain)) ?? []) {
    let [from, to] = [0, grain]
    while (at + from > first && place.at + from > 0 && input[at + from - 1] === place.text[place.at + from - 1]) from--
    while (at + to < input.length && place.at + to < place.text.length && input[at + to] === place.text[place.at + to])
      to++
    if (to - from < shortestPiece(place.text)) continue
    if (!longest || to - from > longest.to - longest.from) longest = { from: at + from, to: at + to }
  }
  return longest
}
