/** A pack by its size. */
interface Sized {
  /** Bytes. */
  readonly size: number
}

/**
 * The packs that are merged into one so that each of those that are left is at least twice as large as all smaller ones together, as
 * `git repack --geometric=2` chooses them: a few for ever, and each byte is written again as often as the whole doubles. None where they
 * are so already. What would become larger than `most` bytes is left as it is.
 */
export function choosePacks<P extends Sized>(packs: readonly P[], most: number): P[] {
  const sorted = packs.filter(({ size }) => size <= most / 2).sort((a, b) => a.size - b.size)
  let count = sorted.findLastIndex(({ size }, place) => place > 0 && size < 2 * sorted[place - 1]!.size) + 1
  if (count === 0) return []
  let total = sorted.slice(0, count).reduce((sum, { size }) => sum + size, 0)
  for (; count < sorted.length && sorted[count]!.size < 2 * total; count++) total += sorted[count]!.size
  while (total > most) total -= sorted[--count]!.size
  return sorted.slice(0, count)
}
