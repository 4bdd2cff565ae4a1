import type { GitObject } from '../objects/object.ts'
import type { FindObject, ReadObjects } from '../objects/readObjects.ts'
import { TreeBytes } from '../objects/treeBytes.ts'
import type { Folder } from './folder.ts'
import { NotInMemory } from './notInMemory.ts'

/** The folders of a working tree that somebody looked into: read when that happens first, let go of where they take too much memory. */
export class LoadedFolders {
  readonly #readObjects: ReadObjects
  readonly #find: FindObject | undefined
  /** Sealings of the tree so far: a folder's age is counted in them. */
  #sealings = 0
  #shrunkAt = 0
  #bytes = 0

  constructor(readObjects: ReadObjects, find: FindObject | undefined) {
    this.#readObjects = readObjects
    this.#find = find
  }

  /** Bytes of memory that they take, roughly. */
  get bytes(): number {
    return this.#bytes
  }

  /** The folder, read. Throws `NotInMemory` where that takes waiting. */
  look(folder: Folder): Folder {
    if (!folder.tree) this.#open(folder)
    folder.used = this.#sealings
    return folder
  }

  /** Reads those that nobody looked into yet, together. */
  async load(folders: readonly Folder[]): Promise<void> {
    const unread = [...new Set(folders)].filter((folder) => !folder.tree)
    if (unread.length === 0) return
    const objects = await this.#readObjects(unread.map((folder) => folder.oid!))
    for (const [index, folder] of unread.entries()) if (!folder.tree) this.#take(folder, objects[index]!)
  }

  /** All of them are older by one. */
  countSealing(): void {
    this.#sealings += 1
  }

  /** The folder is in use, and may take other memory than it did. */
  use(folder: Folder): void {
    folder.used = this.#sealings
    this.#weigh(folder)
  }

  /** Lets go of those below that nobody looked into for half of the time since it was done last; changed ones stay. */
  letGo(root: Folder): void {
    this.#bytes = 0
    this.#letGo(root, this.#sealings - (this.#sealings - this.#shrunkAt) / 2)
    this.#shrunkAt = this.#sealings
  }

  #letGo(folder: Folder, before: number): void {
    folder.weight = 0
    this.#weigh(folder)
    for (const [name, child] of folder.below) {
      if (child.oid === null || child.used >= before) this.#letGo(child, before)
      else folder.setBelow(name, undefined)
    }
  }

  #open(folder: Folder): void {
    const object = this.#find?.(folder.oid!)
    if (!object) throw new NotInMemory({ folder })
    this.#take(folder, object)
  }

  #take(folder: Folder, { body }: GitObject): void {
    folder.tree = TreeBytes.of(body)
    this.use(folder)
  }

  /** Counts what it takes now instead of what it took. */
  #weigh(folder: Folder): void {
    const weight = weightOf(folder)
    this.#bytes += weight - folder.weight
    folder.weight = weight
  }
}

/** Bytes that a folder takes in memory, roughly. */
function weightOf({ tree }: Folder): number {
  return tree ? tree.memory + tree.size * 8 + 1_100 : 300
}
