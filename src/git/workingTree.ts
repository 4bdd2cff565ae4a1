import { CommitbaseError } from '../errors.ts'
import { type GitObject, makeObject, type Oid } from './object.ts'
import { decodeTree, encodeTree, isFile, isFolder, type Tree, type TreeEntry } from './tree.ts'

/** Names from the root down: `['db', 'stock', 'sku-1.json']`. */
export type Path = readonly string[]

/** Reads objects by id, in one go. */
export type ReadObjects = (oids: readonly Oid[]) => Promise<GitObject[]>

/** A state of a working tree to return to. */
export type Checkpoint = Folder

/**
 * A commit's tree with what has been written on top, in memory. Folders are read when somebody looks into them and never
 * changed in place: a write makes new folders up to the root, so going back to a checkpoint costs nothing.
 */
export class WorkingTree {
  #root: Folder
  readonly #readObjects: ReadObjects
  readonly #blobs = new Map<Oid, GitObject>()

  constructor(root: Oid | null, readObjects: ReadObjects) {
    this.#root = { oid: root, children: root === null ? new Map() : undefined }
    this.#readObjects = readObjects
  }

  checkpoint(): Checkpoint {
    return this.#root
  }

  restore(checkpoint: Checkpoint): void {
    this.#root = checkpoint
  }

  /** What is in the folder by name; nothing where there is no such folder. Folders that were changed have no id yet. */
  async list(path: Path): Promise<ReadonlyMap<string, Child>> {
    const folder = await this.#folder(path)
    return folder ? await this.#children(folder) : new Map()
  }

  /** Lists several folders; those that nobody looked into yet are fetched together, a level at a time. */
  async listAll(paths: readonly Path[]): Promise<ReadonlyMap<string, Child>[]> {
    for (let depth = 0; depth <= Math.max(0, ...paths.map((path) => path.length)); depth++) {
      const folders = await Promise.all(
        paths.filter((path) => path.length >= depth).map((path) => this.#folder(path.slice(0, depth))),
      )
      await this.#load(folders.filter((folder) => folder !== undefined))
    }
    return await Promise.all(paths.map((path) => this.list(path)))
  }

  /** The file or folder at the path. */
  async get(path: Path): Promise<Child | undefined> {
    return (await this.list(path.slice(0, -1))).get(path.at(-1)!)
  }

  /** The bytes of the file at the path; nothing where there is none. */
  async read(path: Path): Promise<Buffer | undefined> {
    const child = await this.get(path)
    if (child?.kind !== 'file') return undefined
    const [bytes] = await this.readBlobs([child.oid])
    return bytes
  }

  /** The bytes of those blobs, in that order, fetched together. */
  async readBlobs(oids: readonly Oid[]): Promise<Buffer[]> {
    const missing = [...new Set(oids)].filter((oid) => !this.#blobs.has(oid))
    const fetched = new Map(
      (missing.length > 0 ? await this.#readObjects(missing) : []).map((object) => [object.oid, object]),
    )
    return oids.map((oid) => (this.#blobs.get(oid) ?? fetched.get(oid)!).body)
  }

  /** Puts a file's bytes at the path, making the folders on the way. Gives its blob id. */
  async write(path: Path, bytes: Buffer): Promise<Oid> {
    const blob = makeObject('blob', bytes)
    this.#blobs.set(blob.oid, blob)
    await this.place(path, { kind: 'file', oid: blob.oid, mode: '100644' })
    return blob.oid
  }

  /** Puts what was listed elsewhere, a file or a whole folder, at the path: nothing is read or copied. */
  async place(path: Path, child: Child): Promise<void> {
    this.#root = await this.#replaced(this.#root, path, child)
  }

  /** Takes away the file or folder at the path, and folders that are empty without it. */
  async remove(path: Path): Promise<void> {
    if (await this.get(path)) this.#root = await this.#replaced(this.#root, path, undefined)
  }

  /** Gives every changed folder its id. The new objects are those that this tree has not had before. */
  seal(): { root: Oid; objects: GitObject[] } {
    const objects: GitObject[] = []
    const root = this.#sealed(this.#root, objects)
    return { root, objects }
  }

  #sealed(folder: Folder, objects: GitObject[]): Oid {
    if (folder.oid !== null) return folder.oid
    const entries: TreeEntry[] = []
    for (const [name, child] of folder.children!) {
      if (child.kind === 'folder') entries.push({ name, mode: '40000', oid: this.#sealed(child.folder, objects) })
      else {
        const blob = this.#blobs.get(child.oid)
        if (blob) objects.push(blob)
        this.#blobs.delete(child.oid)
        entries.push({ name, mode: child.mode, oid: child.oid })
      }
    }
    const tree = encodeTree(entries)
    objects.push(tree)
    folder.oid = tree.oid
    return tree.oid
  }

  async #folder(path: Path): Promise<Folder | undefined> {
    let folder = this.#root
    for (const name of path) {
      const child = (await this.#children(folder)).get(name)
      if (child?.kind !== 'folder') return undefined
      folder = child.folder
    }
    return folder
  }

  async #children(folder: Folder): Promise<ReadonlyMap<string, Child>> {
    if (!folder.children) await this.#load([folder])
    return folder.children!
  }

  async #load(folders: readonly Folder[]): Promise<void> {
    const unread = [...new Set(folders)].filter((folder) => !folder.children)
    if (unread.length === 0) return
    const objects = await this.#readObjects(unread.map((folder) => folder.oid!))
    for (const [index, folder] of unread.entries()) folder.children ??= childrenOf(decodeTree(objects[index]!.body))
  }

  async #replaced(folder: Folder, path: Path, child: Child | undefined): Promise<Folder> {
    const [name, ...rest] = path as [string, ...string[]]
    const children = new Map(await this.#children(folder))
    const put = rest.length === 0 ? child : await this.#below(children.get(name), name, rest, child)
    if (put) children.set(name, put)
    else children.delete(name)
    return { oid: null, children }
  }

  async #below(
    current: Child | undefined,
    name: string,
    rest: Path,
    child: Child | undefined,
  ): Promise<Child | undefined> {
    if (current && current.kind !== 'folder') throw new CommitbaseError('conflict', `'${name}' is a file, not a folder`)
    const folder = await this.#replaced(current?.folder ?? { oid: null, children: new Map() }, rest, child)
    return folder.children!.size > 0 ? { kind: 'folder', folder } : undefined
  }
}

/** What a folder holds under a name. `other` is a link or a submodule: kept as it is, never followed. */
export type Child =
  | { readonly kind: 'file'; readonly oid: Oid; readonly mode: TreeEntry['mode'] }
  | { readonly kind: 'other'; readonly oid: Oid; readonly mode: TreeEntry['mode'] }
  | { readonly kind: 'folder'; readonly folder: Folder }

interface Folder {
  /** `null` once something in it changed, until it is sealed. */
  oid: Oid | null
  children: ReadonlyMap<string, Child> | undefined
}

/** A folder that holds these, for `place`. */
export function folderOf(children: ReadonlyMap<string, Child>): Child {
  return { kind: 'folder', folder: { oid: null, children } }
}

function childrenOf(tree: Tree): Map<string, Child> {
  return new Map([...tree].map(([name, entry]) => [name, childOf(entry)]))
}

function childOf(entry: TreeEntry): Child {
  if (isFolder(entry)) return { kind: 'folder', folder: { oid: entry.oid, children: undefined } }
  return { kind: isFile(entry) ? 'file' : 'other', oid: entry.oid, mode: entry.mode }
}
