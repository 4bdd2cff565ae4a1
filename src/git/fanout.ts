import { CommitbaseError } from '../errors.ts'
import { takeBreaths } from './breath.ts'
import { folderOf, type Listing } from './folder.ts'
import type { Oid } from './object.ts'
import { countFiles, filesIn } from './treeFiles.ts'
import type { Path, WorkingTree } from './workingTree.ts'

export interface FanoutOptions {
  readonly tree: WorkingTree
  /** The folder of the fan-out in the tree. */
  readonly base: Path
  /** The key's hex digits in lower case, two for each level; keys that differ only in case must have the same. */
  readonly digits: (key: string) => string
  /** The end of a file's name behind its key (default: `.json`). */
  readonly suffix?: string
  /** How many files a folder holds before it splits (default: 1,000). */
  readonly flat?: number
  /** Whether keys may differ only in case, which some file systems cannot hold (default: yes); digits do not. */
  readonly cased?: boolean
  /** How many levels of folders there always are (default: 0). Files above belong to somebody else and stay where they are. */
  readonly minimumDepth?: number
}

export interface FanoutEntry {
  readonly key: string
  readonly path: Path
  readonly oid: Oid
}

/** The files in one folder of the fan-out; `digits` are those of their keys that led to it. */
export interface FanoutFolder {
  readonly path: Path
  readonly digits: string
  readonly files: readonly FanoutFile[]
}

export interface FanoutFile {
  readonly key: string
  readonly oid: Oid
}

/**
 * Files by key in a folder that never gets wide. A folder is flat up to `flat` files; the next one splits it by the next two
 * digits of its keys, and so on below. A folder is split when it holds a two-digit folder, and it never un-splits. A file
 * that sits higher than it should is found all the same, and the next write in its folder moves it down. Dot files and
 * whatever has another suffix stay where they are.
 */
export class Fanout {
  readonly #tree: WorkingTree
  readonly #base: Path
  readonly #digits: (key: string) => string
  readonly #suffix: string
  readonly #flat: number
  readonly #minimumDepth: number
  readonly #cased: boolean
  /** The digits of the key that was asked for last: its way is gone several times. */
  #lastKey = ''
  #lastDigits = ''
  /** The ways to the folders that were gone, by the digits that lead there, as the tree's folders were. */
  readonly #ways = new Map<string, readonly Step[]>()
  #deepest = 0
  #structure = -1

  constructor({ tree, base, digits, suffix = '.json', flat = 1_000, minimumDepth = 0, cased = true }: FanoutOptions) {
    this.#tree = tree
    this.#base = base
    this.#digits = digits
    this.#suffix = suffix
    this.#flat = flat
    this.#minimumDepth = minimumDepth
    this.#cased = cased
  }

  /** The key's file, wherever on its way down it sits. Throws `conflict` where there are two, or where a link is in its place. */
  async find(key: string): Promise<FanoutEntry | undefined> {
    return this.#tree.now(() => this.findNow(key))
  }

  /** The same, like all that ends in `Now`, within `WorkingTree.now`. */
  findNow(key: string): FanoutEntry | undefined {
    return this.#findOn(this.#way(key), key)
  }

  /** The file of another key that differs from this one only in case: a file system that knows no case has room for one. */
  twinNow(key: string): FanoutEntry | undefined {
    return this.#twinOn(this.#way(key), key)
  }

  /** Puts the key's bytes in their place. Throws `conflict` where a key that differs only in case is there. */
  async put(key: string, bytes: Buffer): Promise<FanoutEntry> {
    return this.#tree.now(() => this.putNow(key, bytes))
  }

  putNow(key: string, bytes: Buffer): FanoutEntry {
    const way = this.#way(key)
    const existing = this.#findOn(way, key)
    const twin = existing || !this.#cased ? undefined : this.#twinOn(way, key)
    if (twin) throw new CommitbaseError('conflict', `'${key}' differs only in case from ${twin.path.join('/')}`)
    const folder = this.#isReady(way, existing ? 0 : 1) ? way.at(-1)!.path : this.#prepare(way, key, !existing)
    const path = [...folder, this.#fileName(key)]
    return { key, path, oid: this.#tree.writeNow(path, bytes) }
  }

  /** Puts the folders of the way in order. Gives the one that the key's file belongs into. */
  #prepare(way: readonly Step[], key: string, isNew: boolean): Path {
    this.#moveDown(way)
    if (isNew) this.#makeRoom(key)
    return this.#leaf(key)
  }

  /**
   * Puts many keys' bytes in their places, a folder's together; keys must not differ only in case. Gives their blobs' ids.
   * Others have a turn now and then.
   */
  async putMany(files: readonly (readonly [key: string, bytes: Buffer])[]): Promise<Oid[]> {
    const oids = new Map<string, Oid>()
    const alone: (typeof files)[number][] = []
    const together = new Map<string, Group>()
    for (const file of files) {
      const way = await this.#tree.now(() => this.#way(file[0]))
      const { path } = way.at(-1)!
      const group = together.get(path.join('/')) ?? { path, way, files: [] }
      together.set(path.join('/'), group)
      group.files.push(file)
    }
    const breath = takeBreaths()
    for (const { path, way, files } of together.values()) {
      await breath()
      if (!this.#isReady(way, files.length) || this.#isSplit(path, way.at(-1)!.children)) alone.push(...files)
      else {
        const named = files.map(([key, bytes]) => ({ name: this.#fileName(key), bytes }))
        const written = await this.#tree.writeAll(path, named)
        for (const [place, [key]] of files.entries()) oids.set(key, written[place]!)
      }
    }
    for (const [key, bytes] of alone) {
      await breath()
      oids.set(key, (await this.put(key, bytes)).oid)
    }
    return files.map(([key]) => oids.get(key)!)
  }

  /** Takes the key's file away; whether there was one. */
  async remove(key: string): Promise<boolean> {
    return this.#tree.now(() => this.removeNow(key))
  }

  removeNow(key: string): boolean {
    const existing = this.findNow(key)
    if (!existing) return false
    this.#tree.removeNow(existing.path)
    this.#moveDown(this.#way(key))
    return true
  }

  /**
   * All files, a folder's together, in no order. Throws `conflict` where a link or a folder has a file's name, or two files have a
   * key. Whether each is in the folder of its key is for `checkPlace` to say.
   */
  async *folders(): AsyncGenerator<FanoutFolder> {
    for await (const { path, children } of this.#folders()) {
      if (!this.#holdsFiles(path)) continue
      const isSplit = children.digitFolders > 0
      const files: FanoutFile[] = []
      for (const { name, oid, isFile } of filesIn(children.body, this.#suffix)) {
        if (!isFile) throw notAFile([...path, name])
        const key = this.#keyOf(name)
        // Only what sits too high can be there a second time.
        if (isSplit) await this.find(key)
        files.push({ key, oid })
      }
      yield { path, digits: path.slice(this.#base.length).join(''), files }
    }
  }

  /** The file of a folder of these. */
  entryIn({ path }: FanoutFolder, { key, oid }: FanoutFile): FanoutEntry {
    return { key, path: [...path, this.#fileName(key)], oid }
  }

  /** Throws `invalid` for a file in a folder that is not its key's: nobody finds it there by its key. */
  checkPlace({ path, digits }: FanoutFolder, key: string): void {
    if (this.#digits(key).startsWith(digits)) return
    const right = this.#digits(key).slice(0, 2)
    const file = [...path, this.#fileName(key)].join('/')
    throw new CommitbaseError('invalid', `${file} is in a wrong folder; '${key}' belongs below ${right}/`)
  }

  /** Whether there are more files than that. */
  holdsMoreNow(than: number): boolean {
    let count = 0
    const paths: Path[] = [this.#base]
    for (let path = paths.pop(); path !== undefined && count <= than; path = paths.pop()) {
      const children = this.#tree.listNow(path)
      for (const name of foldersIn(children)) paths.push([...path, name])
      if (this.#holdsFiles(path)) count += countFiles(children.body, this.#suffix).count
    }
    return count > than
  }

  /** How many files there are, as their folders tell. Throws `conflict` as `folders` does. */
  async count(): Promise<number> {
    let count = 0
    for await (const { path, children } of this.#folders()) {
      if (!this.#holdsFiles(path)) continue
      const { count: here, odd } = countFiles(children.body, this.#suffix)
      if (odd !== undefined) throw notAFile([...path, odd])
      if (here > 0 && children.digitFolders > 0)
        for (const key of this.#filesIn(path, children).keys()) await this.find(key)
      count += here
    }
    return count
  }

  /**
   * Splits what would overflow when `added` is put and `removed` taken away. Only moves, so that the caller can make it a
   * commit of its own before the write. Gives how many files moved.
   */
  async splitFor(added: readonly string[], removed: readonly string[] = []): Promise<number> {
    return this.#tree.now(() => this.splitForNow(added, removed))
  }

  splitForNow(added: readonly string[], removed: readonly string[] = []): number {
    if (added.length === 1 && this.#hasRoom(added[0]!)) return 0
    const present = new Set([...added, ...removed].filter((key) => this.findNow(key)))
    const grows = new Set(added.filter((key) => !present.has(key)))
    const shrinks = new Set(removed.filter((key) => present.has(key) && !grows.has(key)))
    const changes = { written: [...new Set(added)], grows, shrinks: [...shrinks] }
    return added.length > 0 ? this.#splitBelow(this.#base, changes) : 0
  }

  /** Splits the folders on the ways of what is written: also one that somebody else filled too far. */
  #splitBelow(path: Path, { written, grows, shrinks }: Changes): number {
    const children = this.#tree.listNow(path)
    const isSplit = this.#isSplit(path, children)
    const growth = written.filter((key) => grows.has(key)).length - shrinks.length
    const fits = children.size + growth <= this.#flat || this.#filesIn(path, children).size + growth <= this.#flat
    if ((!isSplit && fits) || this.#next(path, written[0]!) === '') return 0
    const moved = isSplit ? 0 : this.#split(path)
    const below = Map.groupBy(written, (key) => this.#next(path, key))
    const goneBelow = Map.groupBy(shrinks, (key) => this.#next(path, key))
    let movedBelow = 0
    for (const [name, keys] of below) {
      const changes = { written: keys, grows, shrinks: goneBelow.get(name) ?? [] }
      movedBelow += this.#splitBelow([...path, name], changes)
    }
    return Math.max(moved, movedBelow)
  }

  /** Moves the folder's files one level down. Gives how many there were. */
  #split(path: Path): number {
    const children = this.#tree.listNow(path)
    const files = [...this.#filesIn(path, children).keys()]
    if (files.length > 0) this.#lower(path, children, files)
    return files.length
  }

  /** Puts those files of a folder into its two-digit folders, beside what is there. */
  #lower(path: Path, children: Listing, keys: readonly string[]): void {
    const kept = new Map(children)
    for (const [name, group] of Map.groupBy(keys, (key) => this.#next(path, key))) {
      const below = new Map(this.#tree.listNow([...path, name]))
      for (const key of group) {
        const file = this.#fileName(key)
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

  /** Whether one more file, or its new version, surely fits, as far as its folders are known. */
  #hasRoom(key: string): boolean {
    const { path, children } = this.#way(key).at(-1)!
    return !this.#isForced(path) && children.size < this.#flat && children.digitFolders === 0
  }

  /** Whether nothing of the way sits too high, and its last folder has room for so many more. */
  #isReady(way: readonly Step[], more: number): boolean {
    const { path, children } = way.at(-1)!
    for (const step of way) {
      const isLast = step.path === path
      if (isLast && this.#holdsFiles(path) && children.digitFolders === 0) return children.size + more <= this.#flat
      if (this.#holdsFiles(step.path) && step.children.files > 0) return false
    }
    return false
  }

  /** Brings down what sits too high in the folders of this way, as a merge with a branch from before a split leaves it. */
  #moveDown(way: readonly Step[]): void {
    for (const { path } of way) {
      const children = this.#tree.listNow(path)
      if (children.files === 0 || !this.#isSplit(path, children)) continue
      const files = [...this.#filesIn(path, children).keys()]
      if (files.length > 0) this.#lower(path, children, files)
    }
  }

  /** Splits the key's folder until one more file has room. */
  #makeRoom(key: string): void {
    for (;;) {
      const path = this.#leaf(key)
      const children = this.#tree.listNow(path)
      const isFull = children.size >= this.#flat && this.#filesIn(path, children).size >= this.#flat
      if (!isFull || this.#next(path, key) === '') return
      this.#split(path)
    }
  }

  /** The folder that the key's file belongs into as the folders are now. */
  #leaf(key: string): Path {
    const { path, children } = this.#way(key).at(-1)!
    return this.#isSplit(path, children) ? [...path, this.#next(path, key)] : path
  }

  /**
   * The folders from the base down in which the key's file may sit; the last one may be split without a folder for this key. Ways
   * that were gone are known until folders change.
   */
  #way(key: string): readonly Step[] {
    if (this.#structure !== this.#tree.structure) this.#ways.clear()
    this.#structure = this.#tree.structure
    const digits = this.#digitsOf(key)
    for (let depth = 0; depth <= this.#deepest; depth++) {
      const known = this.#ways.get(digits.slice(0, depth * 2))
      if (known) return known
    }
    const way = this.#go(key)
    // Where the last folder has folders, another key that begins alike may go on.
    if (way.at(-1)!.children.digitFolders > 0) return way
    this.#deepest = Math.max(this.#deepest, way.length - 1)
    this.#ways.set(digits.slice(0, (way.length - 1) * 2), way)
    return way
  }

  #go(key: string): Step[] {
    const way: Step[] = []
    for (let path = this.#base; ; ) {
      const children = this.#tree.listNow(path)
      way.push({ path, children })
      const name = this.#next(path, key)
      if (!children.folder(name) && !this.#isForced(path)) return way
      path = [...path, name]
    }
  }

  #findOn(way: readonly Step[], key: string): FanoutEntry | undefined {
    const file = this.#fileName(key)
    let found: FanoutEntry | undefined
    for (const { path, children } of way) {
      const child = this.#holdsFiles(path) && children.size > children.digitFolders ? children.get(file) : undefined
      if (!child) continue
      const place = [...path, file]
      if (found) throw twoFiles(found, { path: place })
      if (child.kind !== 'file') throw notAFile(place)
      found = { key, path: place, oid: child.oid }
    }
    return found
  }

  #twinOn(way: readonly Step[], key: string): FanoutEntry | undefined {
    const file = this.#fileName(key)
    for (const { path, children } of way) {
      if (!this.#holdsFiles(path) || children.files === 0) continue
      const name = children.spellings(file).find((name) => name !== file && children.get(name)!.kind === 'file')
      if (name === undefined) continue
      return { key: this.#keyOf(name), path: [...path, name], oid: (children.get(name) as { oid: Oid }).oid }
    }
    return undefined
  }

  /** Every folder of the fan-out, in no order: many at a time, which are fetched together where they live elsewhere. */
  async *#folders(): AsyncGenerator<Step> {
    const paths: Path[] = [this.#base]
    while (paths.length > 0) {
      const some = paths.splice(-together)
      const lists = await this.#tree.listAll(some)
      for (const [index, path] of some.entries()) {
        const children = lists[index]!
        for (const name of foldersIn(children)) paths.push([...path, name])
        yield { path, children }
      }
    }
  }

  /** The folder's own files: key to blob. */
  #filesIn(path: Path, children: Listing): Map<string, Oid> {
    const files = new Map<string, Oid>()
    if (!this.#holdsFiles(path)) return files
    for (const [name, child] of children) {
      if (child.kind === 'file' && this.#isOurs(name)) files.set(this.#keyOf(name), child.oid)
    }
    return files
  }

  #isSplit(path: Path, children: Listing): boolean {
    return this.#isForced(path) || children.digitFolders > 0
  }

  #isForced(path: Path): boolean {
    return this.#depth(path) < this.#minimumDepth
  }

  #holdsFiles(path: Path): boolean {
    return this.#depth(path) >= this.#minimumDepth
  }

  #depth(path: Path): number {
    return path.length - this.#base.length
  }

  /** The name of the folder below `path` on the key's way; empty where its digits are used up. */
  #next(path: Path, key: string): string {
    const from = this.#depth(path) * 2
    return this.#digitsOf(key).slice(from, from + 2)
  }

  #digitsOf(key: string): string {
    if (key !== this.#lastKey) {
      this.#lastKey = key
      this.#lastDigits = this.#digits(key)
    }
    return this.#lastDigits
  }

  #isOurs(name: string): boolean {
    return name.endsWith(this.#suffix) && !name.startsWith('.')
  }

  #keyOf(name: string): string {
    return name.slice(0, -this.#suffix.length)
  }

  #fileName(key: string): string {
    return `${key}${this.#suffix}`
  }
}

/** Files that go into one folder. */
interface Group {
  readonly path: Path
  readonly way: readonly Step[]
  readonly files: (readonly [key: string, bytes: Buffer])[]
}

interface Step {
  readonly path: Path
  readonly children: Listing
}

function foldersIn(children: Listing): string[] {
  if (children.digitFolders === 0) return []
  return [...children].filter(([name, child]) => child.kind === 'folder' && twoDigits.test(name)).map(([name]) => name)
}

/** What a batch does to a folder's keys: those that are written, the new ones among all of the batch, those that go. */
interface Changes {
  readonly written: readonly string[]
  readonly grows: ReadonlySet<string>
  readonly shrinks: readonly string[]
}

/** Folders that are listed at a time. */
const together = 1_024

const twoDigits = /^[0-9a-f]{2}$/

function twoFiles(first: { path: Path }, second: { path: Path }): CommitbaseError {
  const paths = `${first.path.join('/')} and ${second.path.join('/')}`
  return new CommitbaseError('conflict', `two files hold the same id: ${paths}; remove one of them`)
}

function notAFile(path: Path): CommitbaseError {
  return new CommitbaseError('conflict', `${path.join('/')} is not a file; remove it`)
}

function notAFolder(path: Path): CommitbaseError {
  return new CommitbaseError('conflict', `${path.join('/')} is not a folder; remove it`)
}
