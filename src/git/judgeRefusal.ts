import type { Oid } from './object.ts'
import type { RefUpdate } from './repository.ts'

/**
 * What a refused landing was, by the refs as they are after it and never by git's words, of which no list is complete: all at
 * their new places, it landed and the answer was lost; one that is not what was built on, a race was lost; else it is an error.
 */
export function judgeRefusal(
  updates: readonly RefUpdate[],
  refs: ReadonlyMap<string, Oid>,
): 'landed' | 'lost' | 'error' {
  const isAt = (ref: string, oid: Oid | null) => (refs.get(ref) ?? null) === oid
  const moves = updates.filter(({ from, to }) => from !== to)
  if (moves.length > 0 && updates.every(({ ref, to }) => isAt(ref, to))) return 'landed'
  return updates.some(({ ref, from }) => !isAt(ref, from)) ? 'lost' : 'error'
}
