import { CommitbaseError } from '../../errors.ts'

/** What the work gives or, where it refuses, why. */
export async function attempt<T>(work: () => Promise<T>): Promise<[value: T | undefined, reason: string | undefined]> {
  try {
    return [await work(), undefined]
  } catch (error) {
    if (error instanceof CommitbaseError && (error.code === 'invalid' || error.code === 'conflict'))
      return [undefined, error.message]
    throw error
  }
}
