import { CommitbaseError } from '../../errors.ts'
import type { Oid } from '../objects/object.ts'
import type { FanoutLayout } from './fanoutLayout.ts'
import type { Listing } from './folder.ts'
import type { Path } from './path.ts'
import type { WorkingTree } from './workingTree.ts'

export interface FanoutEntry {
  readonly key: string
  readonly path: Path
  readonly oid: Oid
}

/** A folder of a fan-out, and what is in it. */
export interface FanoutStep {
  readonly path: Path
  readonly children: Listing
}

/** The ways from a fan-out's base to the folders in which a key's file may sit, and what is found there. All within `WorkingTree.now`. */
export class FanoutWays {
  readonly #tree: WorkingTree
  readonly #layout: FanoutLayout
  /** The ways that were gone, by the digits that lead there, as the tree's folders were. */
  #known = new Map<string, readonly FanoutStep[]>()
  #deepest = 0
  #structure = -1
  /** What was found last, and as of which change of the tree: a write asks for its key several times. */
  #last: { readonly key: string; readonly changes: number; readonly found: FanoutEntry | undefined } = nothing

  constructor(tree: WorkingTree, layout: FanoutLayout) {
    this.#tree = tree
    this.#layout = layout
  }

  /**
   * The folders from the base down in which the key's file may sit; the last one may be split without a folder for this key. Ways
   * that were gone are known until folders change.
   */
  to(key: string): readonly FanoutStep[] {
    if (this.#structure !== this.#tree.structure) this.#known = new Map()
    this.#structure = this.#tree.structure
    const digits = this.#layout.digitsOf(key)
    // Most are as deep as the deepest.
    for (let depth = this.#deepest; depth >= 0; depth--) {
      const known = this.#known.get(digits.slice(0, depth * 2))
      if (known) return known
    }
    const way = this.#go(key)
    // Where the last folder has folders, another key that begins alike may go on.
    if (way.at(-1)!.children.digitFolders > 0) return way
    this.#deepest = Math.max(this.#deepest, way.length - 1)
    this.#known.set(digits.slice(0, (way.length - 1) * 2), way)
    return way
  }

  /** The key's file, as `findOn` finds it. */
  find(key: string): FanoutEntry | undefined {
    const { changes } = this.#tree
    if (this.#last.key !== key || this.#last.changes !== changes)
      this.#last = { key, changes, found: this.findOn(this.to(key), key) }
    return this.#last.found
  }

  /** The key's file on its way. Throws `conflict` where there are two, or where a link or a folder is in its place. */
  findOn(way: readonly FanoutStep[], key: string): FanoutEntry | undefined {
    const file = this.#layout.fileName(key)
    let found: FanoutEntry | undefined
    for (const { path, children } of way) {
      const child =
        this.#layout.holdsFiles(path) && children.size > children.digitFolders ? children.get(file) : undefined
      if (!child) continue
      const place = [...path, file]
      if (found) throw twoFiles(found, { path: place })
      if (child.kind !== 'file') throw notAFile(place)
      found = { key, path: place, oid: child.oid }
    }
    return found
  }

  /** The file on the key's way whose key differs from it only in case. */
  twinOn(way: readonly FanoutStep[], key: string): FanoutEntry | undefined {
    const file = this.#layout.fileName(key)
    for (const { path, children } of way) {
      if (!this.#layout.holdsFiles(path) || children.files === 0) continue
      const name = children.spellings(file).find((name) => name !== file && children.get(name)!.kind === 'file')
      if (name === undefined) continue
      return { key: this.#layout.keyOf(name), path: [...path, name], oid: (children.get(name) as { oid: Oid }).oid }
    }
    return undefined
  }

  #go(key: string): FanoutStep[] {
    const way: FanoutStep[] = []
    for (let path = this.#layout.base; ; ) {
      const children = this.#tree.listNow(path)
      way.push({ path, children })
      const name = this.#layout.next(path, key)
      if (!children.folder(name) && !this.#layout.isForced(path)) return way
      path = [...path, name]
    }
  }
}

const nothing = { key: '', changes: -1, found: undefined }

function twoFiles(first: { path: Path }, second: { path: Path }): CommitbaseError {
  const paths = `${first.path.join('/')} and ${second.path.join('/')}`
  return new CommitbaseError('conflict', `two files hold the same id: ${paths}; remove one of them`)
}

export function notAFile(path: Path): CommitbaseError {
  return new CommitbaseError('conflict', `${path.join('/')} is not a file; remove it`)
}
