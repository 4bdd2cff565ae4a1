/** The time, and being told when it has come. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `wake` once, when `now()` is `time` or later; gives what cancels it. */
  at(time: number, wake: () => void): () => void
}

/** Looks again after this many milliseconds at most: a machine that slept, or whose clock was set, is late by no more. */
const longestWait = 30_000

export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, wake) {
    let timer: NodeJS.Timeout
    const look = (): void => {
      const wait = time - Date.now()
      if (wait <= 0) wake()
      else timer = setTimeout(look, Math.min(wait, longestWait))
    }
    timer = setTimeout(look, Math.min(Math.max(time - Date.now(), 0), longestWait))
    return () => clearTimeout(timer)
  },
}
