import { CommitbaseError } from '../errors.ts'
import type { DeferredEntry } from './deferred.ts'
import type { History } from './history/history.ts'
import type { GitObject, NewObject, Oid } from './objects/object.ts'
import type { Soon } from './soon.ts'
import type { WorkingTree } from './trees/workingTree.ts'

/** One ref's move: from what was built on (`null`: it must not exist) to its new place (`null`: it is deleted). */
export interface RefUpdate {
  readonly ref: string
  readonly from: Oid | null
  readonly to: Oid | null
}

/**
 * Where objects and refs live. Three implementations: in memory (`memory.ts`), a folder of ours (`local.ts`), a git
 * server (`remote.ts`); `repository.contract.ts` runs on each.
 */
export interface Repository {
  /** The ref that HEAD names, such as `refs/heads/main`, whether it exists or not. */
  head(): Promise<string>
  /** The refs of those names that exist, as they are now; a name that ends in `/` asks for all below it. */
  refs(names: readonly string[]): Promise<Map<string, Oid>>
  /** The objects of those ids, in that order, fetched in one go where they live elsewhere. Throws `not_found` where one is missing. */
  read(oids: readonly Oid[]): Promise<GitObject[]>
  /** The object of that id where it can be had without waiting for anybody; where it cannot, `read` may have it. */
  readonly find?: ((oid: Oid) => GitObject | undefined) | undefined
  /**
   * Makes the objects durable and moves the refs, all or none. `lost` when a ref is not what was built on: read the
   * refs again, evaluate again. Throws `unavailable` or `internal` with git's words where nothing was lost and it still failed.
   * An object may come twice. `deferred` only where the repository has a `ledger`: it becomes durable with the rest.
   */
  land(
    objects: readonly NewObject[],
    updates: readonly RefUpdate[],
    deferred?: readonly DeferredEntry[],
  ): Promise<'landed' | 'lost'>
  /** What has landed and is not yet in the tree of its ref; nothing where all that lands is there at once. */
  readonly ledger?: Ledger
  /** Another number once new objects had better be no deltas against older ones, which lie in a pack that grows no more. */
  readonly era?: number
  /** The commits behind a tip: which there are, and which changed a path. */
  readonly history: History
  close(): Promise<void>
}

/** A repository that others write to as well, each on their own: at a git server, or a test's. */
export interface SharedRepository extends Repository {
  /** Makes the objects durable and moves each ref that is what was built on, whatever becomes of the others. */
  landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach>
}

export interface LandedEach {
  /** The refs that were moved. */
  readonly moved: ReadonlySet<string>
  /** With git's words, where another one is what was built on: it was refused, or somebody moved it there and back. */
  readonly refusal?: CommitbaseError
}

/** Entries that became durable with a batch and are folded into the tree of their ref later, many at once. */
export interface Ledger {
  /** The ref that they will be folded into. */
  readonly ref: string
  /** What has been folded, and perhaps some of what is about to be: an entry is here or there at any moment. Not to be written. */
  tree(): Soon<WorkingTree>
  /** All of them in the order of their landing, also those that a later one of their key replaced. */
  readonly log: readonly DeferredEntry[]
  /** The last one of that key. */
  get(key: string): DeferredEntry | undefined
}

/** Whether the ref is among those names, as `Repository.refs` takes them: one that ends in `/` means all below it. */
export function isNamed(ref: string, names: readonly string[]): boolean {
  return names.some((name) => ref === name || (name.endsWith('/') && ref.startsWith(name)))
}

/** Throws `invalid` for what git would not take for a full ref name (git-check-ref-format), before git reads it as something else. */
export function checkRefName(ref: string): void {
  const isWhole = ref.startsWith('refs/') && ref.split('/').length > 2
  if (isWhole && !unfit.test(ref) && !ref.endsWith('.')) return
  throw new CommitbaseError('invalid', `'${ref}' is no ref name; one looks like refs/heads/main`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a ref's name
const unfit = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\/$|\.lock(\/|$)/
