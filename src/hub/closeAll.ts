/** Something to be closed, and what it is called where somebody is told that it takes long. */
export interface Closing {
  readonly name: string
  readonly close: () => Promise<unknown>
}

/** Closes one after the other, whatever becomes of the others, and says which one takes long. Throws the first error in the end. */
export async function closeAll(closings: readonly Closing[], log: (message: string) => void): Promise<void> {
  const errors: unknown[] = []
  for (const { name, close } of closings) {
    const timer = setTimeout(() => log(`stopping: still waiting for ${name}`), long)
    await close().catch((error) => errors.push(error))
    clearTimeout(timer)
  }
  if (errors.length > 0) throw errors[0]
}

/** Milliseconds. */
const long = 5_000
