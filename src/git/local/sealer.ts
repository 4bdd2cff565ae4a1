import { join } from 'node:path'
import { CommitbaseError, codeOf } from '../../errors.ts'
import { step } from '../../step.ts'
import type { DeferredEntry, Fold } from '../deferred.ts'
import type { Files } from '../disk/files.ts'
import { encodeCommit, treeOf } from '../objects/commit.ts'
import { type GitObject, type NewObject, type Oid, wholeObject } from '../objects/object.ts'
import type { FindObject, ReadObjects } from '../objects/readObjects.ts'
import { GrowingPack, type PackPart } from '../packs/growingPack.ts'
import { releasePacks, removePack } from '../packs/packFolder.ts'
import type { RefUpdate } from '../repository.ts'
import type { Soon } from '../soon.ts'
import { WorkingTree } from '../trees/workingTree.ts'
import type { Ahead, Part, WaitingPack } from './ahead.ts'
import { moveRefs } from './moveRefs.ts'

export interface SealerOptions {
  readonly folder: string
  readonly ahead: Ahead
  readonly files: Files
  /** Puts a pack and its index into the folder, and gives its name without an ending. */
  readonly placePack: (part: PackPart) => Promise<string>
  readonly fold?: Fold
  readonly read: ReadObjects
  readonly find: FindObject
  /** Where refs are on the disk. */
  readonly onDisk: (names: readonly string[]) => Promise<ReadonlyMap<string, Oid>>
  /** Told of the refs that have moved on the disk. */
  readonly onMoved: (updates: readonly RefUpdate[]) => void
  /** Told that some of them may have moved: it failed on the way. */
  readonly onHalfMoved: () => void
  /** Told of packs that grow no more. */
  readonly onPack: (count: number) => void
  /** Told of what could not be tidied up: what was to be sealed is. */
  readonly onTrouble: ((error: unknown) => void) | undefined
}

/**
 * Brings what landed to where git sees it: packs first, then all refs together. A pack that is still small grows with the next
 * seal: its file is written again with more behind, and the one before goes; so packs stay few, and deltas find their bases.
 */
export class Sealer {
  readonly #options: SealerOptions
  readonly #packs: string
  #sealing: Promise<void> | undefined
  #next: Promise<void> | undefined
  /** Files of packs that others hold all of, and those others, without endings. */
  readonly #superseded = new Map<string, string>()
  /** Packs have become full that were not released yet. */
  #hasFull = false
  #folded: Folded | undefined
  #opening: Promise<Folded> | undefined

  constructor(options: SealerOptions) {
    this.#options = options
    this.#packs = join(options.folder, 'objects', 'pack')
  }

  /** The tree that entries are folded into. */
  tree(): Soon<WorkingTree> {
    return this.#folded?.tree ?? this.#open().then(({ tree }) => tree)
  }

  /** Objects that are on their way to the disk with a fold. */
  read(oid: Oid): GitObject | undefined {
    return this.#folded?.pack.read(oid)
  }

  /**
   * The files of packs that git must not merge, without endings: those that grow with the next seal, and those that will be
   * removed, with the ones that took their place. Git leaves out of a merged pack what a pack with a `.keep` has (git-repack,
   * `--honor-pack-keep`), so of two that hold the same, none may be merged while the other may be removed.
   */
  get held(): ReadonlySet<string> {
    const growing = [this.#options.ahead.last, this.#folded].flatMap((pack) => pack?.sealed?.name ?? [])
    return new Set([...growing, ...this.#superseded.keys(), ...this.#superseded.values()])
  }

  /** Looks where the ledger's ref is: somebody may have moved it. */
  async refresh(): Promise<void> {
    const { fold } = this.#options
    await this.#opening?.catch(() => {})
    if (fold && (await this.#tipOf(fold)) !== this.#folded?.onDisk) this.#forgetFolded()
  }

  /** Resolves when all that has landed before the call is on the disk. Several calls share a seal; never are there two at once. */
  seal(): Promise<void> {
    if (!this.#sealing) return this.#start()
    this.#next ??= this.#startNext()
    return this.#next
  }

  /** Who waited for the last one may have begun another, in the same moment. */
  async #startNext(): Promise<void> {
    while (this.#sealing) await this.#sealing.catch(() => {})
    this.#next = undefined
    await this.#start()
  }

  #start(): Promise<void> {
    this.#sealing = this.#seal().finally(() => {
      this.#sealing = undefined
    })
    return this.#sealing
  }

  async #seal(): Promise<void> {
    const { ahead, onMoved } = this.#options
    const part = await ahead.takePart(largestPack)
    if (!part) return
    step('seal.begun')
    const folded = await this.#fold(part.deferred)
    step('seal.folded')
    try {
      await this.#writePacks(part)
      if (folded) await this.#writeFolded(folded.into)
      step('seal.placed')
      const updates = [...(await this.#movesOf(part.refs)), ...(folded ? [folded.update] : [])]
      await this.#moveRefs(updates)
      onMoved(updates)
      if (folded) folded.into.onDisk = folded.update.to
      step('seal.moved')
    } catch (error) {
      await this.#recover(folded?.update)
      throw error
    }
    await ahead.finish(part)
    await this.#removeSuperseded()
    await this.#releaseFull().catch((error) => this.#options.onTrouble?.(error))
  }

  /**
   * While the ref is where it was, the next seal goes on from what was folded, and its pack takes the place of this one's: packs stay
   * few, however often refs cannot be moved. What failed first is told, whatever fails here.
   */
  async #recover(fold: RefUpdate | undefined): Promise<void> {
    const isWhereItWas = !fold || (await this.#tipOf(fold).catch(() => undefined)) === fold.from
    if (!isWhereItWas) this.#forgetFolded()
    await this.#removeSuperseded()
  }

  /** Its pack, if it has one, grows no more. */
  #forgetFolded(): void {
    if (this.#folded?.sealed) this.#noteFull()
    this.#folded = undefined
    this.#opening = undefined
  }

  async #writePacks({ packs }: Part): Promise<void> {
    for (const { waiting, part } of packs) {
      const { sealed } = waiting
      const { size } = part
      const name = await this.#options.placePack(part)
      if (sealed) this.#supersede(sealed.name, name)
      waiting.sealed = { name, size }
      if (size >= largestPack) this.#noteFull()
    }
  }

  async #writeFolded(folded: Folded): Promise<void> {
    const { pack, sealed } = folded
    if (pack.count === 0 || pack.size === sealed?.size) return
    const part = pack.part()
    const name = await this.#options.placePack(part)
    if (sealed) this.#supersede(sealed.name, name)
    folded.sealed = { name, size: part.size }
    if (part.size < largestPack) return
    this.#noteFull()
    folded.pack = new GrowingPack()
    folded.era += 1
    folded.sealed = undefined
  }

  /** The second pack holds all of the first, and of what the first took the place of. */
  #supersede(name: string, by: string): void {
    if (name === by) return
    for (const [earlier, holder] of this.#superseded) if (holder === name) this.#superseded.set(earlier, by)
    this.#superseded.set(name, by)
  }

  #noteFull(): void {
    this.#hasFull = true
    this.#options.onPack(1)
  }

  /**
   * Puts the entries into the tree of their ref. Gives the ref's move, also where it has all of them: who moved it there may have
   * been killed before that was synced.
   */
  async #fold(entries: readonly DeferredEntry[]): Promise<{ update: RefUpdate; into: Folded } | undefined> {
    const { fold } = this.#options
    if (!fold || entries.length === 0) return undefined
    const folded = await this.#open()
    try {
      await this.#commit(fold, entries, folded)
    } catch (error) {
      // Some of it may be in the tree.
      this.#forgetFolded()
      throw error
    }
    return { update: { ref: fold.ref, from: folded.onDisk, to: folded.tip }, into: folded }
  }

  async #commit(fold: Fold, entries: readonly DeferredEntry[], folded: Folded): Promise<void> {
    const { tree, pack, tip } = folded
    await fold.into(tree, entries)
    const root = await tree.sealInTurns((object) => this.#add(object, pack), folded.era)
    if (root === folded.root) return
    const parents = tip === null || fold.beginsAnew?.(entries) ? [] : [tip]
    const { author, message, clock } = fold
    const commit = encodeCommit({ tree: root, parents, author, message, time: clock() })
    pack.add(commit)
    folded.root = root
    folded.tip = commit.oid
    tree.shrink(mostLoaded)
  }

  #add(object: NewObject, pack: GrowingPack): Soon<void> {
    if (!pack.add(object)) return this.#whole(object).then((whole) => void pack.add(whole))
  }

  #open(): Promise<Folded> {
    if (this.#opening) return this.#opening
    const opening = this.#openFolded(this.#options.fold!)
    this.#opening = opening
    // It may have been forgotten meanwhile, and another one begun.
    const isCurrent = () => this.#opening === opening
    opening.then(
      (folded) => {
        if (isCurrent()) this.#folded = folded
      },
      () => {
        if (isCurrent()) this.#forgetFolded()
      },
    )
    return opening
  }

  async #openFolded(fold: Fold): Promise<Folded> {
    const { read, find } = this.#options
    const tip = await this.#tipOf(fold)
    const [commit] = tip === null ? [] : await read([tip])
    const root = commit ? treeOf(commit.body) : null
    // Each receipt is looked at once: to give it its id and to write it a moment later was to fetch it into the processor's cache twice.
    const tree = new WorkingTree(root, read, find, (blob) => void folded.pack.add(blob))
    const folded: Folded = { tree, tip, onDisk: tip, root, pack: new GrowingPack(), era: 0, sealed: undefined }
    return folded
  }

  async #tipOf({ ref }: { readonly ref: string }): Promise<Oid | null> {
    return (await this.#options.onDisk([ref])).get(ref) ?? null
  }

  async #whole(object: NewObject): Promise<GitObject> {
    const [base] = await this.#options.read([object.delta!.base])
    return wholeObject(object, () => base)
  }

  async #movesOf(refs: ReadonlyMap<string, Oid | null>): Promise<RefUpdate[]> {
    const current = await this.#options.onDisk([...refs.keys()])
    return [...refs].map(([ref, to]) => ({ ref, from: current.get(ref) ?? null, to }))
  }

  async #moveRefs(updates: readonly RefUpdate[]): Promise<void> {
    const { folder, files, onHalfMoved } = this.#options
    const outcome = await moveRefs(folder, updates, files).catch((error) => {
      // Who could not lock them has moved none.
      if (codeOf(error) !== 'unavailable') onHalfMoved()
      throw error
    })
    if (outcome === 'moved') return
    const names = updates.map(({ ref }) => ref).join(', ')
    throw new CommitbaseError(
      'internal',
      `somebody moved one of ${names} in ${folder}, which this process owns; what was acknowledged is in its ahead-file: move the ref back`,
    )
  }

  /** What is full is git's to merge, once no ahead-file goes on from it. */
  async #releaseFull(): Promise<void> {
    if (!this.#hasFull) return
    const { ahead, files } = this.#options
    await releasePacks(this.#packs, new Set([...ahead.needed, ...this.held]), files)
    this.#hasFull = false
  }

  /** Goes only when its successor is on the disk, and no ahead-file goes on from it. One that cannot be removed is tried again. */
  async #removeSuperseded(): Promise<void> {
    const { ahead, files, onTrouble } = this.#options
    for (const name of [...this.#superseded.keys()].filter((name) => !ahead.needed.has(name))) {
      step('pack.superseded')
      await removePack(this.#packs, name, files).then(
        () => this.#superseded.delete(name),
        (error) => onTrouble?.(error),
      )
    }
  }
}

/** The tree that entries are folded into, and the pack that its objects go into. */
interface Folded {
  readonly tree: WorkingTree
  /** Its newest commit, and that one's tree. */
  tip: Oid | null
  root: Oid | null
  /** Where the ref is on the disk. */
  onDisk: Oid | null
  pack: GrowingPack
  /** How many packs there were before. */
  era: number
  /** The pack's file, without an ending, and bytes of it; nothing where none of it is on the disk. */
  sealed: WaitingPack['sealed']
}

/** Bytes of the tree's folders in memory: keys come in no order, so that with very many entries it would fill any room. */
const mostLoaded = 32 << 20

/** Bytes from which on a pack grows no more. */
const largestPack = 16 << 20
