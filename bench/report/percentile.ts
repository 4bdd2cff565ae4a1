/** The value that `share` (0 to 1) of the values do not exceed: the nearest rank, so that it is one that was measured. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) throw new Error('there is no percentile of nothing')
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
