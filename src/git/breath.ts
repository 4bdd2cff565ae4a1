import { setImmediate } from 'node:timers/promises'

/**
 * Gives a function that lets others have a turn when that many milliseconds have passed since the last time. Whose turns are longer
 * than those of the others has more of the thread than they.
 */
export function takeBreaths(every = turn): () => Promise<void> | undefined {
  let last = performance.now()
  const pause = async () => {
    await setImmediate()
    last = performance.now()
  }
  return () => (performance.now() - last < every ? undefined : pause())
}

/**
 * Milliseconds: evaluation looks so often at what lands. With two of them a landing took twice as long as its sync, and beside a seal
 * whose turns were of two, evaluation stood almost still.
 */
const turn = 0.3
