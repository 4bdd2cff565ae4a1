/**
 * Where the id is among those that lie there sorted, 20 bytes each, from one place to before another: best all that begin with its
 * first byte. They are spread evenly, and after some guesses by their share what is left is halved, however they are spread.
 */
export function placeInSorted(ids: Buffer, wanted: Buffer, from: number, to: number): number | undefined {
  const start = wanted.readUInt32BE(0)
  let low = from
  let high = to - 1
  let least = start - (start & 0xffffff)
  let most = least + 0xffffff
  for (let looks = 0; low <= high; looks++) {
    const middle =
      looks < guesses ? low + Math.floor(((high - low + 1) * (start - least)) / (most - least + 1)) : (low + high) >>> 1
    const there = ids.readUInt32BE(middle * 20)
    const order = start - there || wanted.compare(ids, middle * 20, middle * 20 + 20)
    if (order === 0) return middle
    if (order < 0) {
      high = middle - 1
      most = there
    } else {
      low = middle + 1
      least = there
    }
  }
  return undefined
}

const guesses = 4
