import type { Figure } from './cell.ts'
import { percentile } from './percentile.ts'

/** Of times in milliseconds, and on how many it was measured. */
export function medianOf(times: readonly number[]): Figure {
  return { value: percentile(times, 0.5), unit: 'ms', count: times.length }
}
