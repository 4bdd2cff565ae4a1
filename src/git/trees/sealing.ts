import type { NewObject, Oid } from '../objects/object.ts'
import type { TreeBytes } from '../objects/treeBytes.ts'
import { type Folder, none } from './folder.ts'
import type { LoadedFolders } from './loadedFolders.ts'

/** Gives changed folders their ids, and collects the objects that they are. */
export class Sealing {
  /** Each after those that it names. */
  readonly objects: NewObject[] = []
  readonly #loaded: LoadedFolders
  readonly #era: number
  readonly #sealed: Sealed[] = []

  /** `era`: versions that were sealed under another number are no bases for deltas. */
  constructor(loaded: LoadedFolders, era: number) {
    this.#loaded = loaded
    this.#era = era
  }

  /** The ids of changed folders that are in their parents' bytes are nobody's: to take them back `FolderEdits.touch` puts the ones from before there. */
  seal(folder: Folder): Oid {
    if (folder.oid !== null) return folder.oid
    const tree = folder.tree!
    const { changed } = folder
    for (const name of changed) tree.setFolder(name, this.seal(folder.below.get(name)!))
    folder.changed = none
    folder.oid = tree.hash()
    this.#loaded.use(folder)
    this.#sealed.push({ folder, changed })
    this.objects.push(nextVersion(folder, tree, this.#era))
    return folder.oid
  }

  /** The folders are changed again, as they were. */
  undo(): void {
    for (const { folder, changed } of this.#sealed) {
      folder.oid = null
      folder.version = undefined
      folder.changed = changed
    }
  }
}

interface Sealed {
  readonly folder: Folder
  readonly changed: readonly string[]
}

/** What a version is written as: small ones whole, since any reader is quicker with them; large ones as deltas, up to a number in a row. */
function nextVersion(folder: Folder, tree: TreeBytes, era: number): NewObject {
  const oid = folder.oid!
  const { version } = folder
  const delta = tree.nextVersion()
  const isBase = version !== undefined && version.era === era && version.depth < longestChain
  const isChained = delta !== undefined && isBase
  folder.version = { oid, depth: isChained ? version.depth + 1 : 0, era }
  if (isChained && tree.length > smallTree)
    return { oid, type: 'tree', delta: { base: version.oid, bytes: delta, size: tree.length } }
  const body = tree.copy()
  return isChained
    ? { oid, type: 'tree', body, delta: { base: version.oid, bytes: delta, size: tree.length } }
    : { oid, type: 'tree', body }
}

/** As git does (pack.depth). */
const longestChain = 50

/** Bytes up to which a tree is handed on whole beside its delta: its base need not be looked for. */
const smallTree = 4_096
