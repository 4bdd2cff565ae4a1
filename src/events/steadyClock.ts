/**
 * A clock that no message grows old by when the machine's is set forward: it is never later than the machine's, and never further
 * from where it began than time has passed. Milliseconds since 1970.
 */
export function steadyClock(clock: () => number, stopwatch: () => number = () => performance.now()): () => number {
  const begun = clock() - stopwatch()
  return () => Math.min(clock(), begun + stopwatch())
}
