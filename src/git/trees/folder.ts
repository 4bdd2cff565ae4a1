import type { Oid } from '../objects/object.ts'
import { encodeTree, isFile, isFolder, type TreeEntry } from '../objects/tree.ts'
import { TreeBytes } from '../objects/treeBytes.ts'

/** What a folder holds under a name. `other` is a link or a submodule: kept as it is, never followed. */
export type Child =
  | { readonly kind: 'file'; readonly oid: Oid; readonly mode: TreeEntry['mode'] }
  | { readonly kind: 'other'; readonly oid: Oid; readonly mode: TreeEntry['mode'] }
  | { readonly kind: 'folder'; readonly folder: Folder }

/** What is in a folder, by name, as it is now: it changes when the folder does. */
export interface Listing extends Iterable<[name: string, child: Child]> {
  readonly size: number
  /** How many of them are folders whose names are two hex digits. */
  readonly digitFolders: number
  /** How many are no folders, and their names do not begin with a dot. */
  readonly files: number
  /** The tree object's body as it is now; folders that were changed have no id in it yet. */
  readonly body: Buffer
  get(name: string): Child | undefined
  has(name: string): boolean
  /** The folder of that name, where there is one. */
  folder(name: string): Folder | undefined
  keys(): Iterable<string>
  /** The names that equal this one but for the case of ASCII letters, itself among them. */
  spellings(name: string): string[]
}

/** A folder of a working tree: its tree object's bytes, once somebody looked into it, and the folders below that somebody looked into. */
export class Folder implements Listing {
  /** `null` once something in it changed, until it is sealed. */
  oid: Oid | null
  /** Nothing until it is read. */
  tree: TreeBytes | undefined
  /** Most folders have none below: they take no memory for them. */
  #below: Map<string, Folder> | undefined
  /** Names of the folders below that have no id at the moment: each of them once. */
  changed: readonly string[] = none
  /** The version that the next one of the same era may be a delta against, and how many deltas it takes itself. */
  version: { readonly oid: Oid; readonly depth: number; readonly era: number } | undefined
  /** When it was last looked into, in sealings of its working tree. */
  used = 0
  /** Bytes of memory that its working tree counts for it. */
  weight = 0

  constructor(oid: Oid | null, tree?: TreeBytes) {
    this.oid = oid
    this.tree = tree
  }

  /** The folders below that somebody looked into. */
  get below(): ReadonlyMap<string, Folder> {
    return this.#below ?? noFolders
  }

  /** Puts what somebody looks into under its name; nothing takes it away. */
  setBelow(name: string, folder: Folder | undefined): void {
    if (folder) {
      this.#below ??= new Map()
      this.#below.set(name, folder)
    } else this.#below?.delete(name)
  }

  /** Notes that the folder of that name has lost its id, or has one again. */
  setChanged(name: string, isChanged: boolean): void {
    if (!isChanged) this.changed = this.changed.filter((other) => other !== name)
    else if (this.changed === none) this.changed = [name]
    else (this.changed as string[]).push(name)
  }

  get size(): number {
    return this.tree!.size
  }

  get digitFolders(): number {
    return this.tree!.digitFolders
  }

  get files(): number {
    return this.tree!.files
  }

  get body(): Buffer {
    return this.tree!.body
  }

  get(name: string): Child | undefined {
    const known = this.#below?.get(name)
    if (known) return { kind: 'folder', folder: known }
    const entry = this.tree!.get(name)
    return entry && this.#childOf(entry)
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  keys(): Iterable<string> {
    return this.tree!.names()
  }

  *[Symbol.iterator](): Iterator<[string, Child]> {
    for (const entry of this.tree!.entries()) yield [entry.name, this.#childOf(entry)]
  }

  spellings(name: string): string[] {
    return this.tree!.spellings(name)
  }

  /** The folder below of that name, where there is one. */
  folder(name: string): Folder | undefined {
    const known = this.#below?.get(name)
    if (known || this.tree!.folders === 0) return known
    const child = this.get(name)
    return child?.kind === 'folder' ? child.folder : undefined
  }

  #childOf(entry: TreeEntry): Child {
    if (!isFolder(entry)) return { kind: isFile(entry) ? 'file' : 'other', oid: entry.oid, mode: entry.mode }
    const known = this.below.get(entry.name)
    if (known) return { kind: 'folder', folder: known }
    const folder = new Folder(entry.oid)
    this.setBelow(entry.name, folder)
    return { kind: 'folder', folder }
  }
}

const noFolders: ReadonlyMap<string, Folder> = new Map()
export const none: readonly string[] = []

/** A folder with nothing in it. */
export function emptyFolder(): Folder {
  return new Folder(null, TreeBytes.of(Buffer.alloc(0)))
}

/** A folder that holds these, for `WorkingTree.place`. */
export function folderOf(children: Iterable<readonly [name: string, child: Child]>): Child {
  const entries: TreeEntry[] = []
  const folders: [string, Folder][] = []
  for (const [name, child] of children) {
    entries.push(entryOf(name, child))
    if (child.kind === 'folder') folders.push([name, child.folder])
  }
  const folder = new Folder(null, TreeBytes.of(encodeTree(entries).body))
  for (const [name, below] of folders) {
    folder.setBelow(name, below)
    if (below.oid === null) folder.setChanged(name, true)
  }
  return { kind: 'folder', folder }
}

/** A folder that has no id yet gets its place; its id comes when it is sealed. */
export function entryOf(name: string, child: Child): TreeEntry {
  if (child.kind !== 'folder') return { name, mode: child.mode, oid: child.oid }
  return { name, mode: '40000', oid: child.folder.oid ?? unsealed }
}

const unsealed = '0'.repeat(40)
