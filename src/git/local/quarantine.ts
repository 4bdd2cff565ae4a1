import { CommitbaseError } from '../../errors.ts'
import { type Environment, type GitOptions, runGit } from '../commands/git.ts'
import { ObjectReader } from '../commands/objectReader.ts'
import type { GitObject, Oid } from '../objects/object.ts'

/** What a push brings, together with what the repository has, before any ref has moved. */
export interface PushedObjects {
  /** The objects in the order of the ids. Throws `not_found` where one is missing. */
  read(oids: readonly Oid[]): Promise<GitObject[]>
  /** Whether the older commit is among the ancestors of the newer one, or is the same. */
  isAncestor(older: Oid, newer: Oid): Promise<boolean>
  close(): Promise<void>
}

/** Reads in the environment of a `pre-receive` hook (git-receive-pack, "Quarantine environment"). */
export function openQuarantine(environment: Environment): PushedObjects {
  const names = ['GIT_QUARANTINE_PATH', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES']
  const variables = Object.fromEntries(names.map((name) => [name, environment[name]]))
  const options: GitOptions = { environment, variables: { ...variables, GIT_NO_REPLACE_OBJECTS: '1' } }
  const folder = environment.GIT_DIR ?? '.'
  const reader = new ObjectReader(folder, options)
  return {
    read: async (oids) => {
      const objects = await reader.read(oids)
      return objects.map((object, index) => object ?? missing(oids[index]!))
    },
    isAncestor: async (older, newer) => {
      const args = [`--git-dir=${folder}`, 'merge-base', '--is-ancestor', older, newer]
      const { status, words } = await runGit(args, options)
      if (status === 0 || status === 1) return status === 0
      throw new CommitbaseError('internal', `git merge-base failed with status ${status}: ${words}`)
    },
    close: () => reader.close(),
  }
}

function missing(oid: Oid): never {
  throw new CommitbaseError('not_found', `neither the push nor the repository has the object ${oid}`)
}
