import type { Person } from './objects/commit.ts'
import type { WorkingTree } from './trees/workingTree.ts'

/** Something that becomes durable with a batch and finds its place in a ref's tree later: at the seal, with many others. */
export interface DeferredEntry {
  /** A later entry of the same key takes the place of this one. */
  readonly key: string
  readonly bytes: Buffer
  /** What the bytes say, for who made them or has read them. */
  value?: unknown
}

/** How the entries of a ref get into its tree. */
export interface Fold {
  readonly ref: string
  /** Writes the entries, in the order of their landing. It may see some for the second time after a crash. */
  into(tree: WorkingTree, entries: readonly DeferredEntry[]): Promise<void>
  /** Whether the ref's history begins anew with these entries: what they take away is to go from the disk one day. */
  beginsAnew?(entries: readonly DeferredEntry[]): boolean
  /** Of the commit that it becomes. */
  readonly message: string
  readonly author: Person
  /** Milliseconds since 1970. */
  readonly clock: () => number
}
