import type { GitObject, Oid } from '../objects/object.ts'
import type { RefUpdate } from '../repository.ts'

/**
 * What a refused landing was, by the refs as they are after it and never by git's words, of which no list is complete. All at
 * their new places, and one of these is an object that only this landing brought: it landed, and the answer was lost. One that
 * is not what was built on: a race was lost. Else it is an error.
 */
export function judgeRefusal(
  objects: readonly GitObject[],
  updates: readonly RefUpdate[],
  refs: ReadonlyMap<string, Oid>,
): 'landed' | 'lost' | 'error' {
  const isAt = (ref: string, oid: Oid | null) => (refs.get(ref) ?? null) === oid
  const brought = new Set(objects.map(({ oid }) => oid))
  const isOurs = updates.some(({ to }) => to !== null && brought.has(to))
  if (isOurs && updates.every(({ ref, to }) => isAt(ref, to))) return 'landed'
  return updates.some(({ ref, from }) => !isAt(ref, from)) ? 'lost' : 'error'
}

/**
 * The refs that a push of several moved, each on its own. The server's report counts (`git push --porcelain`: a flag, the ref, why):
 * what it moved may have been moved on since. Where it was lost on the way, a ref at its new place was moved.
 */
export function movedOf(
  report: string,
  updates: readonly RefUpdate[],
  refs: ReadonlyMap<string, Oid>,
): ReadonlySet<string> {
  const reported = new Map([...report.matchAll(/^(.)\t[^:\t]*:([^\t]+)\t/gm)].map(([, flag, ref]) => [ref!, flag!]))
  const hasMoved = ({ ref, to }: RefUpdate) => (reported.get(ref) ?? '!') !== '!' || (refs.get(ref) ?? null) === to
  return new Set(updates.filter(hasMoved).map(({ ref }) => ref))
}
