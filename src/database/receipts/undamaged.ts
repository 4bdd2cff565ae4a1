import { CommitbaseError, codeOf } from '../../errors.ts'
import type { Soon } from '../../git/soon.ts'
import { receiptsRef } from './receipt.ts'

/** Only programs write receipts: what is a conflict among files of people (two of a name, a link) is damage here, and says nothing of any event. */
export function undamaged<T>(read: () => Promise<T>): Promise<T>
export function undamaged<T>(read: () => Soon<T>): Soon<T>
export function undamaged<T>(read: () => Soon<T>): Soon<T> {
  try {
    const result = read()
    return result instanceof Promise ? result.catch(throwDamage) : result
  } catch (error) {
    return throwDamage(error)
  }
}

function throwDamage(error: unknown): never {
  if (!(error instanceof CommitbaseError) || ['internal', 'unavailable', 'unauthorized'].includes(codeOf(error)))
    throw error
  throw new CommitbaseError('internal', `${receiptsRef} is damaged: ${error.message}`, { cause: error })
}
