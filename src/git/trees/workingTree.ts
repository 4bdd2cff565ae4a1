import { giveWay } from '../breath.ts'
import { type GitObject, type NewObject, type Oid, oidOf } from '../objects/object.ts'
import type { FindObject, ReadObjects } from '../objects/readObjects.ts'
import type { Soon } from '../soon.ts'
import { Blobs, type HandOn } from './blobs.ts'
import { type Child, emptyFolder, Folder, type Listing } from './folder.ts'
import { FolderEdits } from './folderEdits.ts'
import { LoadedFolders } from './loadedFolders.ts'
import { NotInMemory } from './notInMemory.ts'
import type { Path } from './path.ts'
import { Sealing } from './sealing.ts'
import { type Checkpoint, UndoLog } from './undoLog.ts'

/**
 * A commit's tree with what has been written on top, in memory. Folders are read when somebody looks into them, and changed in
 * place: what takes each change back is kept, for `restore`. What was looked into last stays, up to a number of bytes.
 */
export class WorkingTree {
  #root: Folder
  readonly #undo = new UndoLog()
  readonly #edits = new FolderEdits(this.#undo)
  readonly #folders: LoadedFolders
  readonly #blobs: Blobs

  /** `find`: gives at once what can be had at once. `handOn`: takes what is written at once, which else waits for the next sealing. */
  constructor(root: Oid | null, readObjects: ReadObjects, find?: FindObject, handOn?: HandOn) {
    this.#root = root === null ? emptyFolder() : new Folder(root)
    this.#folders = new LoadedFolders(readObjects, find)
    this.#blobs = new Blobs(readObjects, find, this.#undo, handOn)
  }

  /** Another number once the folders that a path leads through may be others: files may come and go without. */
  get structure(): number {
    return this.#edits.structure
  }

  /** Another number once anything in the tree may be another. */
  get changes(): number {
    return this.#edits.changes
  }

  checkpoint(): Checkpoint {
    return this.#undo.checkpoint()
  }

  restore(checkpoint: Checkpoint): void {
    this.#edits.outdate()
    this.#undo.restore(checkpoint)
  }

  /** Nobody goes back to a checkpoint from before. */
  keep(): void {
    this.#undo.clear()
  }

  /**
   * Runs what reads and writes this tree by the methods that end in `Now`, without waiting for anything. Where it needs what is
   * not in memory, what it has written is taken back, what it needs is fetched, and it runs again from its beginning: it must
   * change nothing else before it has read all.
   */
  now<T>(action: () => T): Soon<T> {
    const before = this.checkpoint()
    try {
      return action()
    } catch (error) {
      if (!(error instanceof NotInMemory)) throw error
      this.restore(before)
      return this.#fetchAndRun(error, action)
    }
  }

  async #fetchAndRun<T>({ folder, blob }: NotInMemory, action: () => T): Promise<T> {
    if (folder) await this.#folders.load([folder])
    else await this.#blobs.fetch(blob!)
    const result = await this.now(action)
    this.#blobs.forgetFetched()
    return result
  }

  /** What is in the folder by name; nothing where there is no such folder. Folders that were changed have no id yet. */
  async list(path: Path): Promise<Listing> {
    return this.now(() => this.listNow(path))
  }

  listNow(path: Path): Listing {
    return this.#folderAt(path) ?? emptyFolder()
  }

  /** Lists several folders; those that nobody looked into yet are fetched together, a level at a time. */
  async listAll(paths: readonly Path[]): Promise<Listing[]> {
    for (let depth = 0; depth <= Math.max(0, ...paths.map((path) => path.length)); depth++) {
      const folders = await Promise.all(
        paths.filter((path) => path.length >= depth).map((path) => this.#unread(path.slice(0, depth))),
      )
      await this.#folders.load(folders.filter((folder) => folder !== undefined))
    }
    return await Promise.all(paths.map((path) => this.list(path)))
  }

  /** The file or folder at the path. */
  async get(path: Path): Promise<Child | undefined> {
    return this.now(() => this.getNow(path))
  }

  getNow(path: Path): Child | undefined {
    return this.#folderAt(path.slice(0, -1))?.get(path.at(-1)!)
  }

  /** The bytes of the file at the path; nothing where there is none. */
  async read(path: Path): Promise<Buffer | undefined> {
    return this.now(() => this.readNow(path))
  }

  readNow(path: Path): Buffer | undefined {
    const child = this.getNow(path)
    return child?.kind === 'file' ? this.readBlobNow(child.oid) : undefined
  }

  /** The bytes of that blob. */
  async readBlob(oid: Oid): Promise<Buffer> {
    return this.now(() => this.readBlobNow(oid))
  }

  readBlobNow(oid: Oid): Buffer {
    return this.#blobs.read(oid)
  }

  /** The bytes of those blobs, in that order, fetched together. */
  readBlobs(oids: readonly Oid[]): Promise<Buffer[]> {
    return this.#blobs.readAll(oids)
  }

  /** Puts a file's bytes at the path, making the folders on the way. Gives its blob id. Nobody changes the bytes any more. */
  async write(path: Path, bytes: Buffer): Promise<Oid> {
    return this.now(() => this.writeNow(path, bytes))
  }

  writeNow(path: Path, bytes: Buffer): Oid {
    const blob = blobOf(bytes)
    const way = this.#wayTo(path.slice(0, -1))
    this.#edits.putFile(way.at(-1)!, path.at(-1)!, blob.oid)
    this.#edits.touch(way, path)
    this.#blobs.write(blob)
    return blob.oid
  }

  /** Puts several files' bytes into one folder, likewise. Gives their blob ids. Others have a turn now and then. */
  async writeAll(folder: Path, files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<Oid[]> {
    const placed: { readonly name: string; readonly oid: Oid }[] = []
    const breath = giveWay()
    for (const { name, bytes } of files) {
      const blob = blobOf(bytes)
      this.#blobs.write(blob)
      placed.push({ name, oid: blob.oid })
      const pause = breath()
      if (pause) await pause
    }
    await this.placeAll(folder, placed)
    return placed.map(({ oid }) => oid)
  }

  /** Puts several files into one folder that has nothing else of their names. */
  async placeAll(folder: Path, files: readonly { readonly name: string; readonly oid: Oid }[]): Promise<void> {
    await this.list(folder)
    const way = this.#wayTo(folder)
    this.#edits.putFiles(way.at(-1)!, files)
    this.#edits.touch(way, [...folder, ''])
  }

  /** Puts what was listed elsewhere, a file or a whole folder, at the path: nothing is read or copied. */
  placeNow(path: Path, child: Child): void {
    const way = this.#wayTo(path.slice(0, -1))
    this.#edits.put(way.at(-1)!, path.at(-1)!, child)
    this.#edits.touch(way, path)
  }

  /** Takes away the file or folder at the path, and folders that are empty without it. */
  async remove(path: Path): Promise<void> {
    await this.now(() => this.removeNow(path))
  }

  removeNow(path: Path): void {
    if (!this.getNow(path)) return
    const way = this.#wayTo(path.slice(0, -1))
    for (let depth = path.length - 1; depth >= 0; depth--) {
      const folder = way[depth]!
      this.#edits.remove(folder, path[depth]!)
      if (folder.size === 0 && depth > 0) continue
      this.#edits.touch(way.slice(0, depth + 1), path)
      return
    }
  }

  /**
   * Gives every changed folder its id. The new objects are those that this tree has not had before. `era`: versions that were
   * sealed under another number are no bases for deltas.
   */
  seal(era = 0): { root: Oid; objects: NewObject[] } {
    const { written } = this.#blobs
    this.#blobs.forgetWritten()
    this.#folders.countSealing()
    const sealing = new Sealing(this.#folders, era)
    const root = sealing.seal(this.#root)
    this.#undo.push(() => {
      this.#blobs.putBack(written)
      sealing.undo()
    })
    return { root, objects: [...written, ...sealing.objects] }
  }

  /**
   * The same for much, in a tree that hands on what is written: each folder's object is taken as it is made, and others have a turn now
   * and then. Nobody writes meanwhile, nor goes back to before.
   */
  async sealInTurns(take: (object: NewObject) => Soon<void>, era = 0): Promise<Oid> {
    this.keep()
    this.#folders.countSealing()
    const breath = giveWay()
    const seal = async (folder: Folder): Promise<Oid> => {
      const sealing = new Sealing(this.#folders, era)
      const oid = sealing.seal(folder)
      for (const object of sealing.objects) {
        const taken = take(object)
        if (taken) await taken
        const pause = breath()
        if (pause) await pause
      }
      return oid
    }
    for (const name of this.#root.changed) await seal(this.#root.below.get(name)!)
    return await seal(this.#root)
  }

  /** Lets go of folders that nobody looked into for a while, where there are many; they are read again when they are needed. */
  shrink(limit = mostLoaded): void {
    if (this.#folders.bytes <= limit) return
    this.#edits.outdate()
    this.#undo.clear()
    this.#folders.letGo(this.#root)
  }

  #folderAt(path: Path): Folder | undefined {
    let folder = this.#folders.look(this.#root)
    for (const name of path) {
      const below = folder.folder(name)
      if (!below) return undefined
      folder = this.#folders.look(below)
    }
    return folder
  }

  /** The folder, read or not. */
  async #unread(path: Path): Promise<Folder | undefined> {
    let folder = this.#root
    for (const name of path) {
      if (!folder.tree) await this.#folders.load([folder])
      const below = folder.folder(name)
      if (!below) return undefined
      folder = below
    }
    return folder
  }

  /** The folders from the root down to the path; those that are not there are made. */
  #wayTo(path: Path): Folder[] {
    let folder = this.#folders.look(this.#root)
    const way = [folder]
    for (const name of path) {
      const below = folder.folder(name)
      // What is not in memory is missed before anything is made: in what is made there is nothing to read.
      folder = below ? this.#folders.look(below) : this.#edits.makeFolder(folder, name)
      way.push(folder)
    }
    return way
  }
}

function blobOf(body: Buffer): GitObject {
  return { oid: oidOf('blob', body), type: 'blob', body }
}

/** Bytes of folders in memory from which on those that are not used are let go. */
const mostLoaded = 128 << 20
