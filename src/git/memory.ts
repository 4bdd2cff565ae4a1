import { CommitbaseError } from '../errors.ts'
import { walkHistory } from './history/walkHistory.ts'
import { type GitObject, type NewObject, type Oid, wholeObject } from './objects/object.ts'
import { checkRefName, isNamed, type RefUpdate, type SharedRepository } from './repository.ts'

/** A repository that lives and dies with the process: for tests, and to see what the port asks for. */
export function openMemory(branch = 'main'): SharedRepository {
  const objects = new Map<Oid, GitObject>()
  const refs = new Map<string, Oid>()
  const read = async (oids: readonly Oid[]) => oids.map((oid) => objects.get(oid) ?? missing(oid))
  const add = (object: NewObject) => {
    objects.set(
      object.oid,
      wholeObject(object, (oid) => objects.get(oid)),
    )
  }
  const move = ({ ref, to }: RefUpdate) => void (to === null ? refs.delete(ref) : refs.set(ref, to))
  return {
    head: async () => `refs/heads/${branch}`,
    refs: async (names) => new Map([...refs].filter(([ref]) => isNamed(ref, names))),
    read,
    find: (oid) => objects.get(oid),
    history: walkHistory(read),
    land: async (added, updates) => {
      for (const { ref } of updates) checkRefName(ref)
      if (updates.some((update) => isStale(refs, update))) return 'lost'
      added.forEach(add)
      updates.forEach(move)
      return 'landed'
    },
    landEach: async (added, updates) => {
      for (const { ref } of updates) checkRefName(ref)
      const fresh = updates.filter((update) => !isStale(refs, update))
      added.forEach(add)
      fresh.forEach(move)
      return { moved: new Set(fresh.map(({ ref }) => ref)) }
    },
    close: async () => {},
  }
}

function isStale(refs: ReadonlyMap<string, Oid>, { ref, from }: RefUpdate): boolean {
  return (refs.get(ref) ?? null) !== from
}

function missing(oid: Oid): never {
  throw new CommitbaseError('not_found', `the repository has no object ${oid}`)
}
