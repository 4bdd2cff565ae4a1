/** Where the id is among those that lie there sorted, 20 bytes each, from one place to before another. */
export function placeInSorted(ids: Buffer, wanted: Buffer, from: number, to: number): number | undefined {
  const start = wanted.readUInt32BE(0)
  let low = from
  let high = to - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const order = start - ids.readUInt32BE(middle * 20) || wanted.compare(ids, middle * 20, middle * 20 + 20)
    if (order === 0) return middle
    if (order < 0) high = middle - 1
    else low = middle + 1
  }
  return undefined
}
