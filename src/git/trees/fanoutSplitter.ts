import { CommitbaseError } from '../../errors.ts'
import type { FanoutLayout } from './fanoutLayout.ts'
import type { FanoutStep, FanoutWays } from './fanoutWays.ts'
import { folderOf, type Listing } from './folder.ts'
import type { Path } from './path.ts'
import type { WorkingTree } from './workingTree.ts'

export interface FanoutSplitterOptions {
  readonly tree: WorkingTree
  readonly layout: FanoutLayout
  readonly ways: FanoutWays
  /** How many files a folder holds before it splits. */
  readonly flat: number
}

/** What a batch does to a folder's keys: those that are written, the new ones among all of the batch, those that go. */
export interface FanoutChanges {
  readonly written: readonly string[]
  readonly grows: ReadonlySet<string>
  readonly shrinks: readonly string[]
}

/** Keeps a fan-out's folders from getting wide: moves files one level down, and never up. All within `WorkingTree.now`. */
export class FanoutSplitter {
  readonly #tree: WorkingTree
  readonly #layout: FanoutLayout
  readonly #ways: FanoutWays
  readonly #flat: number

  constructor({ tree, layout, ways, flat }: FanoutSplitterOptions) {
    this.#tree = tree
    this.#layout = layout
    this.#ways = ways
    this.#flat = flat
  }

  /** Whether one more file, or its new version, surely fits, as far as its folders are known. */
  hasRoom(key: string): boolean {
    const { path, children } = this.#ways.to(key).at(-1)!
    return !this.#layout.isForced(path) && children.size < this.#flat && children.digitFolders === 0
  }

  /** Whether nothing of the way sits too high, and its last folder has room for so many more. */
  isReady(way: readonly FanoutStep[], more: number): boolean {
    const { path, children } = way.at(-1)!
    for (const step of way) {
      const holdsFiles = this.#layout.holdsFiles(step.path)
      if (step.path === path && holdsFiles && children.digitFolders === 0) return children.size + more <= this.#flat
      if (holdsFiles && step.children.files > 0) return false
    }
    return false
  }

  /** Puts the folders of the way in order. Gives the one that the key's file belongs into. */
  prepare(way: readonly FanoutStep[], key: string, isNew: boolean): Path {
    this.moveDown(way)
    if (isNew) this.#makeRoom(key)
    return this.#leaf(key)
  }

  /** Brings down what sits too high in the folders of this way, as a merge with a branch from before a split leaves it. */
  moveDown(way: readonly FanoutStep[]): void {
    for (const { path } of way) {
      const children = this.#tree.listNow(path)
      if (children.files === 0 || !this.#layout.isSplit(path, children)) continue
      const files = [...this.#layout.filesIn(path, children).keys()]
      if (files.length > 0) this.#lower(path, children, files)
    }
  }

  /** Splits the folders on the ways of what is written: also one that somebody else filled too far. Gives how many files moved. */
  splitFor(changes: FanoutChanges): number {
    return this.#splitBelow(this.#layout.base, changes)
  }

  #splitBelow(path: Path, { written, grows, shrinks }: FanoutChanges): number {
    const children = this.#tree.listNow(path)
    const isSplit = this.#layout.isSplit(path, children)
    const growth = written.filter((key) => grows.has(key)).length - shrinks.length
    const fits = children.size + growth <= this.#flat || this.#countFiles(path, children) + growth <= this.#flat
    if ((!isSplit && fits) || this.#layout.next(path, written[0]!) === '') return 0
    const moved = isSplit ? 0 : this.#split(path)
    const below = Map.groupBy(written, (key) => this.#layout.next(path, key))
    const goneBelow = Map.groupBy(shrinks, (key) => this.#layout.next(path, key))
    let movedBelow = 0
    for (const [name, keys] of below) {
      const changes = { written: keys, grows, shrinks: goneBelow.get(name) ?? [] }
      movedBelow += this.#splitBelow([...path, name], changes)
    }
    return Math.max(moved, movedBelow)
  }

  /** Splits the key's folder until one more file has room. */
  #makeRoom(key: string): void {
    for (;;) {
      const path = this.#leaf(key)
      const children = this.#tree.listNow(path)
      const isFull = children.size >= this.#flat && this.#countFiles(path, children) >= this.#flat
      if (!isFull || this.#layout.next(path, key) === '') return
      this.#split(path)
    }
  }

  /** Moves the folder's files one level down. Gives how many there were. */
  #split(path: Path): number {
    const children = this.#tree.listNow(path)
    const files = [...this.#layout.filesIn(path, children).keys()]
    if (files.length > 0) this.#lower(path, children, files)
    return files.length
  }

  /** Puts those files of a folder into its two-digit folders, beside what is there. */
  #lower(path: Path, children: Listing, keys: readonly string[]): void {
    const kept = new Map(children)
    for (const [name, group] of Map.groupBy(keys, (key) => this.#layout.next(path, key))) {
      const below = new Map(this.#tree.listNow([...path, name]))
      for (const key of group) {
        const file = this.#layout.fileName(key)
        // A second file of the same key stays for whoever asks for that key to be told of both.
        if (below.has(file)) continue
        below.set(file, children.get(file)!)
        kept.delete(file)
      }
      const current = kept.get(name)
      if (current && current.kind !== 'folder') throw notAFolder([...path, name])
      kept.set(name, folderOf(below))
    }
    this.#tree.placeNow(path, folderOf(kept))
  }

  /** The folder that the key's file belongs into as the folders are now. */
  #leaf(key: string): Path {
    const { path, children } = this.#ways.to(key).at(-1)!
    return this.#layout.isSplit(path, children) ? [...path, this.#layout.next(path, key)] : path
  }

  #countFiles(path: Path, children: Listing): number {
    return this.#layout.filesIn(path, children).size
  }
}

function notAFolder(path: Path): CommitbaseError {
  return new CommitbaseError('conflict', `${path.join('/')} is not a folder; remove it`)
}
