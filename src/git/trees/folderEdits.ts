import { CommitbaseError } from '../../errors.ts'
import type { Oid } from '../objects/object.ts'
import { type Child, emptyFolder, entryOf, type Folder } from './folder.ts'
import type { Path } from './path.ts'
import type { UndoLog } from './undoLog.ts'

/** Changes a working tree's folders in place, and notes what takes each change back. */
export class FolderEdits {
  readonly #undo: UndoLog
  #structure = 0
  #changes = 0

  constructor(undo: UndoLog) {
    this.#undo = undo
  }

  /** Another number once the folders that a path leads through may be others: files may come and go without. */
  get structure(): number {
    return this.#structure
  }

  /** Another number once anything in the tree may be another. */
  get changes(): number {
    return this.#changes
  }

  /** Anything may be another than it was: both numbers change. */
  outdate(): void {
    this.#structure += 1
    this.#changes += 1
  }

  putFile(folder: Folder, name: string, oid: Oid): void {
    if (folder.below.has(name)) this.put(folder, name, { kind: 'file', oid, mode: '100644' })
    else this.#undo.push(folder.tree!.setFile(name, oid))
  }

  /** The folder has nothing else of their names. */
  putFiles(folder: Folder, files: readonly { readonly name: string; readonly oid: Oid }[]): void {
    this.#undo.push(folder.tree!.setFiles(files))
  }

  put(folder: Folder, name: string, child: Child): void {
    this.#structure += 1
    const before = folder.below.get(name)
    this.#undo.push(folder.tree!.set(entryOf(name, child)))
    if (child.kind !== 'folder' && !before) return
    this.#exchange(folder, name, before, child.kind === 'folder' ? child.folder : undefined)
  }

  makeFolder(parent: Folder, name: string): Folder {
    if (parent.get(name)) throw new CommitbaseError('conflict', `'${name}' is a file, not a folder`)
    const folder = emptyFolder()
    this.put(parent, name, { kind: 'folder', folder })
    return folder
  }

  remove(folder: Folder, name: string): void {
    this.#structure += 1
    const undo = folder.tree!.remove(name)
    if (!undo) return
    this.#undo.push(undo)
    const before = folder.below.get(name)
    if (before) this.#exchange(folder, name, before, undefined)
  }

  /** After a change at the end of the path: the folders of the way lose their ids, and those above them know which did. */
  touch(way: readonly Folder[], path: Path): void {
    this.#changes += 1
    const before = way.map(({ oid }) => oid)
    for (let depth = way.length - 1; depth >= 0; depth--) {
      // Whose id is gone already is known to be changed.
      if (before[depth] === null) continue
      way[depth]!.oid = null
      if (depth > 0) way[depth - 1]!.setChanged(path[depth - 1]!, true)
    }
    this.#undo.push(() => {
      for (const [depth, oid] of before.entries()) {
        if (oid === null) continue
        way[depth]!.oid = oid
        if (depth > 0) takeBack(way[depth - 1]!, path[depth - 1]!, oid)
      }
    })
  }

  /** Another folder, or none, has that name. */
  #exchange(folder: Folder, name: string, before: Folder | undefined, below: Folder | undefined): void {
    const { changed } = folder
    const put = (other: Folder | undefined) => {
      folder.setBelow(name, other)
      // Its own list each time: others are put behind it.
      folder.changed = other?.oid === null ? [...without, name] : [...without]
    }
    const without = changed.filter((other) => other !== name)
    put(below)
    this.#undo.push(() => put(before))
  }
}

/** The folder below has the id again that it had before it was changed. */
function takeBack(parent: Folder, name: string, oid: Oid): void {
  parent.setChanged(name, false)
  parent.tree!.setFolder(name, oid)
}
