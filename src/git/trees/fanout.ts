import { CommitbaseError } from '../../errors.ts'
import { giveWay } from '../breath.ts'
import type { Oid } from '../objects/object.ts'
import { countFiles, filesIn } from '../objects/treeFiles.ts'
import { FanoutLayout, type FanoutLayoutOptions } from './fanoutLayout.ts'
import { FanoutSplitter } from './fanoutSplitter.ts'
import { type FanoutEntry, type FanoutStep, FanoutWays, notAFile } from './fanoutWays.ts'
import type { Listing } from './folder.ts'
import type { Path } from './path.ts'
import type { WorkingTree } from './workingTree.ts'

export interface FanoutOptions extends FanoutLayoutOptions {
  readonly tree: WorkingTree
  /** How many files a folder holds before it splits (default: 1,000). */
  readonly flat?: number
  /** Whether keys may differ only in case, which some file systems cannot hold (default: yes); digits do not. */
  readonly cased?: boolean
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
  readonly #layout: FanoutLayout
  readonly #ways: FanoutWays
  readonly #splitter: FanoutSplitter
  readonly #cased: boolean

  constructor({ tree, flat = 1_000, cased = true, ...layout }: FanoutOptions) {
    this.#tree = tree
    this.#layout = new FanoutLayout(layout)
    this.#ways = new FanoutWays(tree, this.#layout)
    this.#splitter = new FanoutSplitter({ tree, layout: this.#layout, ways: this.#ways, flat })
    this.#cased = cased
  }

  /** The key's file, wherever on its way down it sits. Throws `conflict` where there are two, or where a link is in its place. */
  async find(key: string): Promise<FanoutEntry | undefined> {
    return this.#tree.now(() => this.findNow(key))
  }

  /** The same, like all that ends in `Now`, within `WorkingTree.now`. */
  findNow(key: string): FanoutEntry | undefined {
    return this.#ways.find(key)
  }

  /** The file of another key that differs from this one only in case: a file system that knows no case has room for one. */
  twinNow(key: string): FanoutEntry | undefined {
    return this.#ways.twinOn(this.#ways.to(key), key)
  }

  /** Puts the key's bytes in their place. Throws `conflict` where a key that differs only in case is there. */
  async put(key: string, bytes: Buffer): Promise<FanoutEntry> {
    return this.#tree.now(() => this.putNow(key, bytes))
  }

  putNow(key: string, bytes: Buffer): FanoutEntry {
    const way = this.#ways.to(key)
    const existing = this.#ways.find(key)
    const twin = existing || !this.#cased ? undefined : this.#ways.twinOn(way, key)
    if (twin) throw new CommitbaseError('conflict', `'${key}' differs only in case from ${twin.path.join('/')}`)
    const folder = this.#splitter.isReady(way, existing ? 0 : 1)
      ? way.at(-1)!.path
      : this.#splitter.prepare(way, key, !existing)
    const path = [...folder, this.#layout.fileName(key)]
    return { key, path, oid: this.#tree.writeNow(path, bytes) }
  }

  /**
   * Puts many keys' bytes in their places, a folder's together; keys must not differ only in case. Gives their blobs' ids.
   * Others have a turn now and then.
   */
  async putMany(files: readonly (readonly [key: string, bytes: Buffer])[]): Promise<Oid[]> {
    const oids: Oid[] = []
    const alone: number[] = []
    const together = new Map<readonly FanoutStep[], number[]>()
    const breath = giveWay()
    for (let place = 0; place < files.length; place++) {
      const pause = breath()
      if (pause) await pause
      const gone = this.#tree.now(() => this.#ways.to(files[place]![0]))
      const way = gone instanceof Promise ? await gone : gone
      // Keys of one folder have one way, where nobody goes on below it.
      const group = together.get(way)
      if (group) group.push(place)
      else together.set(way, [place])
    }
    for (const [way, places] of together) {
      const { path, children } = way.at(-1)!
      await breath()
      if (!this.#splitter.isReady(way, places.length) || this.#layout.isSplit(path, children)) alone.push(...places)
      else {
        const named = places.map((place) => ({
          name: this.#layout.fileName(files[place]![0]),
          bytes: files[place]![1],
        }))
        const written = await this.#tree.writeAll(path, named)
        for (const [index, place] of places.entries()) oids[place] = written[index]!
      }
    }
    for (const place of alone) {
      await breath()
      oids[place] = (await this.put(...files[place]!)).oid
    }
    return oids
  }

  /** Takes the key's file away; whether there was one. */
  async remove(key: string): Promise<boolean> {
    return this.#tree.now(() => this.removeNow(key))
  }

  removeNow(key: string): boolean {
    const existing = this.findNow(key)
    if (!existing) return false
    this.#tree.removeNow(existing.path)
    this.#splitter.moveDown(this.#ways.to(key))
    return true
  }

  /**
   * All files, a folder's together, in no order. Throws `conflict` where a link or a folder has a file's name, or two files have a
   * key. Whether each is in the folder of its key is for `checkPlace` to say.
   */
  async *folders(): AsyncGenerator<FanoutFolder> {
    for await (const { path, children } of this.#folders()) {
      if (!this.#layout.holdsFiles(path)) continue
      const isSplit = children.digitFolders > 0
      const files: FanoutFile[] = []
      for (const { name, oid, isFile } of filesIn(children.body, this.#layout.suffix)) {
        if (!isFile) throw notAFile([...path, name])
        files.push({ key: this.#layout.keyOf(name), oid })
      }
      // Only what sits too high can be there a second time.
      if (isSplit) for (const { key } of files) await this.find(key)
      yield { path, digits: path.slice(this.#layout.base.length).join(''), files }
    }
  }

  /** The file of a folder of these. */
  entryIn({ path }: FanoutFolder, { key, oid }: FanoutFile): FanoutEntry {
    return { key, path: [...path, this.#layout.fileName(key)], oid }
  }

  /** Throws `invalid` for a file in a folder that is not its key's: nobody finds it there by its key. */
  checkPlace({ path, digits }: FanoutFolder, key: string): void {
    if (this.#layout.digitsOf(key).startsWith(digits)) return
    const right = this.#layout.digitsOf(key).slice(0, 2)
    const file = [...path, this.#layout.fileName(key)].join('/')
    throw new CommitbaseError('invalid', `${file} is in a wrong folder; '${key}' belongs below ${right}/`)
  }

  /** Whether there are more files than that. */
  holdsMoreNow(than: number): boolean {
    let count = 0
    const paths: Path[] = [this.#layout.base]
    for (let path = paths.pop(); path !== undefined && count <= than; path = paths.pop()) {
      const children = this.#tree.listNow(path)
      for (const name of foldersIn(children)) paths.push([...path, name])
      if (this.#layout.holdsFiles(path)) count += countFiles(children.body, this.#layout.suffix).count
    }
    return count > than
  }

  /** How many files there are, as their folders tell. Throws `conflict` as `folders` does. */
  async count(): Promise<number> {
    let count = 0
    for await (const { path, children } of this.#folders()) {
      if (!this.#layout.holdsFiles(path)) continue
      const { count: here, odd } = countFiles(children.body, this.#layout.suffix)
      if (odd !== undefined) throw notAFile([...path, odd])
      if (here > 0 && children.digitFolders > 0)
        for (const key of this.#layout.filesIn(path, children).keys()) await this.find(key)
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
    if (added.length === 1 && this.#splitter.hasRoom(added[0]!)) return 0
    const present = new Set([...added, ...removed].filter((key) => this.findNow(key)))
    const grows = new Set(added.filter((key) => !present.has(key)))
    const shrinks = new Set(removed.filter((key) => present.has(key) && !grows.has(key)))
    const changes = { written: [...new Set(added)], grows, shrinks: [...shrinks] }
    return added.length > 0 ? this.#splitter.splitFor(changes) : 0
  }

  /** Every folder of the fan-out, in no order: many at a time, which are fetched together where they live elsewhere. */
  async *#folders(): AsyncGenerator<FanoutStep> {
    const paths: Path[] = [this.#layout.base]
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
}

function foldersIn(children: Listing): string[] {
  if (children.digitFolders === 0) return []
  return [...children].filter(([name, child]) => child.kind === 'folder' && twoDigits.test(name)).map(([name]) => name)
}

/** Folders that are listed at a time. */
const together = 1_024

const twoDigits = /^[0-9a-f]{2}$/
