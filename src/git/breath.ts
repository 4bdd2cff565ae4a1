import { setImmediate } from 'node:timers/promises'

/** Gives a function that lets others have a turn when that many milliseconds have passed since the last time. */
export function takeBreaths(every = 2): () => Promise<void> | undefined {
  let last = performance.now()
  const pause = async () => {
    await setImmediate()
    last = performance.now()
  }
  return () => (performance.now() - last < every ? undefined : pause())
}
