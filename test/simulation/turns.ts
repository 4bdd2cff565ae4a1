const { setImmediate: later } = globalThis

let open = 0

/** Node's `setImmediate`, which is counted: turns are of no time, and come before what does take some (`src/events/nextTurn.ts`). */
export function countedImmediate(run: () => void): NodeJS.Immediate {
  open++
  return later(() => {
    open--
    run()
  })
}

/** When all that can go on without a step has done so: Node has run every microtask before a tick, and every turn that was asked for. */
export async function settled(): Promise<void> {
  do {
    if (open > 0) await new Promise((resolve) => later(resolve))
    await new Promise<void>((resolve) => process.nextTick(resolve))
  } while (open > 0)
}
