import { CommitbaseError } from '../../errors.ts'
import { giveWay } from '../breath.ts'
import { type GitObject, type NewObject, type Oid, oidOf } from '../objects/object.ts'
import { TreeBytes } from '../objects/treeBytes.ts'
import { type Child, emptyFolder, entryOf, Folder, type Listing, none } from './folder.ts'

/** Names from the root down: `['db', 'stock', 'sku-1.json']`. */
export type Path = readonly string[]

/** Reads objects by id, in one go. */
export type ReadObjects = (oids: readonly Oid[]) => Promise<GitObject[]>

/** What is there at once where all that it takes is in memory. */
export type Soon<T> = T | Promise<T>

/** The object of that id where it can be had without waiting; nothing where it cannot. */
export type FindObject = (oid: Oid) => GitObject | undefined

/** A state of a working tree to return to. */
export type Checkpoint = number

/**
 * A commit's tree with what has been written on top, in memory. Folders are read when somebody looks into them, and changed in
 * place: what takes each change back is kept, for `restore`. What was looked into last stays, up to a number of bytes.
 */
export class WorkingTree {
  #root: Folder
  readonly #readObjects: ReadObjects
  readonly #find: FindObject | undefined
  /** Blobs that were fetched for an action that runs again. */
  #fetched = new Map<Oid, GitObject>()
  /** Another map after each seal: V8 has one that was cleared lead on from what was in it to what came later, and old rubbish kept all of it. */
  #written = new Map<Oid, GitObject>()
  #undo: (() => void)[] = []
  #sealings = 0
  #loaded = 0
  #structure = 0
  #changes = 0

  /** `find`: gives at once what can be had at once. */
  constructor(root: Oid | null, readObjects: ReadObjects, find?: FindObject) {
    this.#root = root === null ? emptyFolder() : new Folder(root)
    this.#readObjects = readObjects
    this.#find = find
  }

  /** Another number once the folders that a path leads through may be others: files may come and go without. */
  get structure(): number {
    return this.#structure
  }

  /** Another number once anything in the tree may be another. */
  get changes(): number {
    return this.#changes
  }

  checkpoint(): Checkpoint {
    return this.#undo.length
  }

  restore(checkpoint: Checkpoint): void {
    this.#structure += 1
    this.#changes += 1
    while (this.#undo.length > checkpoint) this.#undo.pop()!()
  }

  /** Nobody goes back to a checkpoint from before. */
  keep(): void {
    if (this.#undo.length > 0) this.#undo = []
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
    if (folder) await this.#load([folder])
    else this.#fetched.set(blob!, (await this.#readObjects([blob!]))[0]!)
    const result = await this.now(action)
    this.#fetched = new Map()
    return result
  }

  /** What is in the folder by name; nothing where there is no such folder. Folders that were changed have no id yet. */
  async list(path: Path): Promise<Listing> {
    return this.now(() => this.listNow(path))
  }

  listNow(path: Path): Listing {
    return this.#folderNow(path) ?? emptyFolder()
  }

  /** Lists several folders; those that nobody looked into yet are fetched together, a level at a time. */
  async listAll(paths: readonly Path[]): Promise<Listing[]> {
    for (let depth = 0; depth <= Math.max(0, ...paths.map((path) => path.length)); depth++) {
      const folders = await Promise.all(
        paths.filter((path) => path.length >= depth).map((path) => this.#unread(path.slice(0, depth))),
      )
      await this.#load(folders.filter((folder) => folder !== undefined))
    }
    return await Promise.all(paths.map((path) => this.list(path)))
  }

  /** The file or folder at the path. */
  async get(path: Path): Promise<Child | undefined> {
    return this.now(() => this.getNow(path))
  }

  getNow(path: Path): Child | undefined {
    return this.#folderNow(path.slice(0, -1))?.get(path.at(-1)!)
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
    const blob = this.#written.get(oid) ?? this.#fetched.get(oid) ?? this.#find?.(oid)
    if (!blob) throw new NotInMemory({ blob: oid })
    return blob.body
  }

  /** The bytes of those blobs, in that order, fetched together. */
  async readBlobs(oids: readonly Oid[]): Promise<Buffer[]> {
    const found = new Map<Oid, GitObject>()
    const missing = new Set<Oid>()
    for (const oid of oids) {
      const written = this.#written.get(oid)
      // It may have been sealed by the time the others are here.
      if (written) found.set(oid, written)
      else missing.add(oid)
    }
    const fetched = missing.size > 0 ? await this.#readObjects([...missing]) : []
    for (const object of fetched) found.set(object.oid, object)
    return oids.map((oid) => found.get(oid)!.body)
  }

  /** Puts a file's bytes at the path, making the folders on the way. Gives its blob id. Nobody changes the bytes any more. */
  async write(path: Path, bytes: Buffer): Promise<Oid> {
    return this.now(() => this.writeNow(path, bytes))
  }

  writeNow(path: Path, bytes: Buffer): Oid {
    const blob = blobOf(bytes)
    const way = this.#wayTo(path.slice(0, -1))
    const [folder, name] = [way.at(-1)!, path.at(-1)!]
    if (folder.below.has(name)) this.#put(folder, name, { kind: 'file', oid: blob.oid, mode: '100644' })
    else this.#undo.push(folder.tree!.setFile(name, blob.oid))
    this.#touch(way, path)
    this.#noteWritten(blob)
    return blob.oid
  }

  #noteWritten(blob: GitObject): void {
    if (this.#written.has(blob.oid)) return
    this.#written.set(blob.oid, blob)
    this.#undo.push(() => this.#written.delete(blob.oid))
  }

  /** Puts several files' bytes into one folder, likewise. Gives their blob ids. */
  async writeAll(folder: Path, files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<Oid[]> {
    const blobs = files.map(({ bytes }) => blobOf(bytes))
    await this.placeAll(
      folder,
      files.map(({ name }, index) => ({ name, oid: blobs[index]!.oid })),
    )
    for (const blob of blobs) this.#noteWritten(blob)
    return blobs.map(({ oid }) => oid)
  }

  /** Puts several files into one folder that has nothing else of their names. */
  async placeAll(folder: Path, files: readonly { readonly name: string; readonly oid: Oid }[]): Promise<void> {
    await this.list(folder)
    const way = this.#wayTo(folder)
    this.#undo.push(way.at(-1)!.tree!.setFiles(files))
    this.#touch(way, [...folder, ''])
  }

  /** Puts what was listed elsewhere, a file or a whole folder, at the path: nothing is read or copied. */
  placeNow(path: Path, child: Child): void {
    const way = this.#wayTo(path.slice(0, -1))
    this.#put(way.at(-1)!, path.at(-1)!, child)
    this.#touch(way, path)
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
      this.#forget(folder, path[depth]!)
      if (folder.size === 0 && depth > 0) continue
      this.#touch(way.slice(0, depth + 1), path)
      return
    }
  }

  /**
   * Gives every changed folder its id. The new objects are those that this tree has not had before. `era`: versions that were
   * sealed under another number are no bases for deltas.
   */
  seal(era = 0): { root: Oid; objects: NewObject[] } {
    const written = [...this.#written.values()]
    this.#written = new Map()
    this.#sealings += 1
    const objects: NewObject[] = written.slice()
    const sealed: Sealed[] = []
    const root = this.#seal(this.#root, { objects, sealed, era })
    this.#undo.push(() => {
      for (const blob of written) this.#written.set(blob.oid, blob)
      for (const { folder, changed } of sealed) unseal(folder, changed)
    })
    return { root, objects }
  }

  /**
   * The same for much: each object is handed on as it is made, and others have a turn now and then. Nobody writes meanwhile, nor goes
   * back to before. What was written is read from here until all of it was handed on.
   */
  async sealInTurns(take: (object: NewObject) => Soon<void>, era = 0): Promise<Oid> {
    this.keep()
    this.#sealings += 1
    const breath = giveWay()
    const handOn = async (objects: Iterable<NewObject>) => {
      for (const object of objects) {
        const taken = take(object)
        if (taken) await taken
        const pause = breath()
        if (pause) await pause
      }
    }
    const written = [...this.#written.values()]
    await handOn(written)
    for (const name of this.#root.changed) {
      const objects: NewObject[] = []
      this.#seal(this.#root.below.get(name)!, { objects, sealed: [], era })
      await handOn(objects)
    }
    const objects: NewObject[] = []
    const root = this.#seal(this.#root, { objects, sealed: [], era })
    await handOn(objects)
    for (const { oid } of written) this.#written.delete(oid)
    return root
  }

  /** Lets go of folders that nobody looked into for a while, where there are many; they are read again when they are needed. */
  shrink(limit = mostLoaded): void {
    if (this.#loaded <= limit) return
    this.#structure += 1
    this.#changes += 1
    this.#loaded = 0
    this.#undo = []
    this.#shrink(this.#root, this.#sealings - this.#sinceShrunk / 2)
    this.#shrunkAt = this.#sealings
  }

  #shrunkAt = 0
  get #sinceShrunk(): number {
    return this.#sealings - this.#shrunkAt
  }

  #shrink(folder: Folder, before: number): void {
    folder.weight = 0
    this.#weigh(folder)
    for (const [name, child] of folder.below) {
      if (child.oid === null || child.used >= before) this.#shrink(child, before)
      else folder.setBelow(name, undefined)
    }
  }

  /** The ids of changed folders that are in their parents' bytes are nobody's: to take them back `#touch` puts the ones from before there. */
  #seal(folder: Folder, sealing: Sealing): Oid {
    if (folder.oid !== null) return folder.oid
    const tree = folder.tree!
    const { changed } = folder
    for (const name of changed) tree.setFolder(name, this.#seal(folder.below.get(name)!, sealing))
    folder.changed = none
    folder.oid = tree.hash()
    folder.used = this.#sealings
    this.#weigh(folder)
    sealing.sealed.push({ folder, changed })
    sealing.objects.push(nextVersion(folder, tree, sealing.era))
    return folder.oid
  }

  #folderNow(path: Path): Folder | undefined {
    let folder = this.#look(this.#root)
    for (const name of path) {
      const below = folder.folder(name)
      if (!below) return undefined
      folder = this.#look(below)
    }
    return folder
  }

  /** The folder, read or not. */
  async #unread(path: Path): Promise<Folder | undefined> {
    let folder = this.#root
    for (const name of path) {
      if (!folder.tree) await this.#load([folder])
      const below = folder.folder(name)
      if (!below) return undefined
      folder = below
    }
    return folder
  }

  async #load(folders: readonly Folder[]): Promise<void> {
    const unread = [...new Set(folders)].filter((folder) => !folder.tree)
    if (unread.length === 0) return
    const objects = await this.#readObjects(unread.map((folder) => folder.oid!))
    for (const [index, folder] of unread.entries()) if (!folder.tree) this.#take(folder, objects[index]!)
  }

  #open(folder: Folder): void {
    const object = this.#find?.(folder.oid!)
    if (!object) throw new NotInMemory({ folder })
    this.#take(folder, object)
  }

  #take(folder: Folder, { body }: GitObject): void {
    folder.tree = TreeBytes.of(body)
    folder.used = this.#sealings
    this.#weigh(folder)
  }

  /** Counts what it takes now instead of what it took. */
  #weigh(folder: Folder): void {
    const weight = weightOf(folder)
    this.#loaded += weight - folder.weight
    folder.weight = weight
  }

  /** The folders from the root down to the path; those that are not there are made. */
  #wayTo(path: Path): Folder[] {
    let folder = this.#look(this.#root)
    const way = [folder]
    for (const name of path) {
      const below = folder.folder(name)
      // What is not in memory is missed before anything is made: in what is made there is nothing to read.
      folder = below ? this.#look(below) : this.#makeFolder(folder, name)
      way.push(folder)
    }
    return way
  }

  /** The folder, read. */
  #look(folder: Folder): Folder {
    if (!folder.tree) this.#open(folder)
    folder.used = this.#sealings
    return folder
  }

  #makeFolder(parent: Folder, name: string): Folder {
    if (parent.get(name)) throw new CommitbaseError('conflict', `'${name}' is a file, not a folder`)
    const folder = emptyFolder()
    this.#put(parent, name, { kind: 'folder', folder })
    return folder
  }

  #put(folder: Folder, name: string, child: Child): void {
    this.#structure += 1
    const before = folder.below.get(name)
    this.#undo.push(folder.tree!.set(entryOf(name, child)))
    if (child.kind !== 'folder' && !before) return
    this.#exchange(folder, name, before, child.kind === 'folder' ? child.folder : undefined)
  }

  #forget(folder: Folder, name: string): void {
    this.#structure += 1
    const undo = folder.tree!.remove(name)
    if (!undo) return
    this.#undo.push(undo)
    const before = folder.below.get(name)
    if (before) this.#exchange(folder, name, before, undefined)
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

  /** The folders of the way lose their ids, and those above them know which did. */
  #touch(way: readonly Folder[], path: Path): void {
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
}

function blobOf(body: Buffer): GitObject {
  return { oid: oidOf('blob', body), type: 'blob', body }
}

/** What a sealing has made so far, and what takes it back. */
interface Sealing {
  readonly objects: NewObject[]
  readonly sealed: Sealed[]
  readonly era: number
}

interface Sealed {
  readonly folder: Folder
  readonly changed: readonly string[]
}

function unseal(folder: Folder, changed: readonly string[]): void {
  folder.oid = null
  folder.version = undefined
  folder.changed = changed
}

/** The folder below has the id again that it had before it was changed. */
function takeBack(parent: Folder, name: string, oid: Oid): void {
  parent.setChanged(name, false)
  parent.tree!.setFolder(name, oid)
}

/** What `now` fetches: a folder, or a blob. */
class NotInMemory extends Error {
  readonly folder: Folder | undefined
  readonly blob: Oid | undefined

  constructor({ folder, blob }: { folder?: Folder; blob?: Oid }) {
    super('a tree was read outside of `now`')
    this.folder = folder
    this.blob = blob
  }
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

/** Bytes of folders in memory from which on those that are not used are let go. */
const mostLoaded = 128 << 20

/** Bytes that a folder takes in memory, roughly. */
function weightOf({ tree }: Folder): number {
  return tree ? tree.memory + tree.size * 8 + 1_100 : 300
}
