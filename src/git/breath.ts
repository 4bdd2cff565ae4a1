/** Gives a function that lets others have a turn when that many milliseconds have passed since the last time. */
export function takeBreaths(every = 2): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < every) return undefined
    return new Promise((resolve) =>
      setImmediate(() => {
        last = performance.now()
        resolve()
      }),
    )
  }
}
