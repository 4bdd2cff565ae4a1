import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { step } from '../../step.ts'
import { takeBreaths } from '../breath.ts'
import type { DeferredEntry } from '../deferred.ts'
import type { Files } from '../disk/files.ts'
import { type GitObject, type NewObject, type Oid, wholeObject } from '../objects/object.ts'
import { GrowingPack, type PackPart } from '../packs/growingPack.ts'
import type { RefUpdate } from '../repository.ts'
import { Turns } from '../turns.ts'
import { AheadFile, type Base, type Batch } from './aheadFile.ts'

/** A pack that is written behind the ahead-file, and how much of it is on the disk. */
export interface WaitingPack {
  readonly number: number
  readonly pack: GrowingPack
  /** Its file, without an ending, and bytes of it; nothing where none of it is on the disk. */
  sealed: { readonly name: string; readonly size: number } | undefined
}

/** What a seal brings to the disk: all that had landed when it began. */
export interface Part {
  readonly packs: readonly { readonly waiting: WaitingPack; readonly part: PackPart }[]
  /** Where the refs that moved are now. */
  readonly refs: ReadonlyMap<string, Oid | null>
  readonly deferred: readonly DeferredEntry[]
  readonly batches: number
  readonly logged: number
}

/**
 * What has landed and is not sealed: packs in memory, refs that moved, entries that wait to be folded. A landing is durable
 * once its batch is in the ahead-file, with one sync for all of it.
 */
export class Ahead {
  readonly #file: AheadFile
  readonly #turns = new Turns()
  readonly #read: (oids: readonly Oid[]) => Promise<GitObject[]>
  #packs: WaitingPack[] = [{ number: 1, pack: new GrowingPack(), sealed: undefined }]
  #batches: Batch[] = []
  readonly #refs = new Map<string, Oid | null>()
  #log: DeferredEntry[] = []
  /** The last entries of their keys: those that came since a part was taken, and those before. */
  #latest = new Map<string, DeferredEntry>()
  #taken = new Map<string, DeferredEntry>()
  /** What the file's packs go on from; those packs must stay. */
  #bases: readonly Base[] = []
  #isSound = false
  /** What an earlier owner left was read: before that, the file is not ours to remove. */
  #isTakenUp = false

  constructor(folder: string, files: Files, read: (oids: readonly Oid[]) => Promise<GitObject[]>) {
    this.#file = new AheadFile(join(folder, aheadFile), files)
    this.#read = read
  }

  /** What landed of refs since the last seal: `null` is deleted, nothing has not moved. */
  get refs(): ReadonlyMap<string, Oid | null> {
    return this.#refs
  }

  get log(): readonly DeferredEntry[] {
    return this.#log
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** Bytes that are not sealed. */
  get size(): number {
    return this.#packs.reduce((sum, { pack, sealed }) => sum + pack.size - (sealed?.size ?? 0), 0)
  }

  /** Bytes of the pack that is written again with each seal. */
  get growing(): number {
    return this.#packs.at(-1)!.pack.size
  }

  /** The pack that grows with what lands next. */
  get last(): WaitingPack {
    return this.#packs.at(-1)!
  }

  /** The files of packs that an ahead-file needs to be read again, without endings. */
  get needed(): ReadonlySet<string> {
    return new Set(this.#bases.map(({ name }) => name))
  }

  deferred(key: string): DeferredEntry | undefined {
    return this.#latest.get(key) ?? this.#taken.get(key)
  }

  read(oid: Oid): GitObject | undefined {
    for (let place = this.#packs.length - 1; place >= 0; place--) {
      const found = this.#packs[place]!.pack.read(oid)
      if (found) return found
    }
    return undefined
  }

  /** Takes up what an owner that was killed left behind; nothing of anything where there was none. */
  takeUp(packs: readonly WaitingPack[], batches: readonly Batch[], bases: readonly Base[]): void {
    this.#isTakenUp = true
    const last = packs.at(-1)?.number ?? 0
    this.#packs = [...packs, { number: last + 1, pack: new GrowingPack(), sealed: undefined }]
    this.#bases = bases
    for (const batch of batches) this.#note(batch)
  }

  /** Makes the batch durable. `onDisk`: where refs are that have not moved since the last seal. */
  land(
    objects: readonly NewObject[],
    updates: readonly RefUpdate[],
    deferred: readonly DeferredEntry[],
    onDisk: (names: readonly string[]) => Promise<ReadonlyMap<string, Oid>>,
  ): Promise<'landed' | 'lost'> {
    return this.#turns.take(async () => {
      const unmoved = updates.filter(({ ref }) => !this.#refs.has(ref)).map(({ ref }) => ref)
      const others = unmoved.length > 0 ? await onDisk(unmoved) : nothing
      if (updates.some(({ ref, from }) => this.#tipOf(ref, others) !== from)) return 'lost'
      this.#note(await this.#append(objects, updates, deferred))
      return 'landed'
    })
  }

  /** What is to be sealed now; nothing where all is. A pack that is large enough gets a successor. */
  takePart(largest: number): Promise<Part | undefined> {
    return this.#turns.take(async () => {
      if (this.isEmpty) return undefined
      const packs = this.#packs
        .filter(({ pack, sealed }) => pack.count > 0 && pack.size > (sealed?.size ?? 0))
        .map((waiting) => ({ waiting, part: waiting.pack.part() }))
      const last = this.#packs.at(-1)!
      if (last.pack.size >= largest)
        this.#packs.push({ number: last.number + 1, pack: new GrowingPack(), sealed: undefined })
      const deferred = this.#takeDeferred()
      return { packs, refs: new Map(this.#refs), deferred, batches: this.#batches.length, logged: this.#log.length }
    })
  }

  /** Forgets what was sealed. The file is written anew where it has become large. */
  async finish(part: Part): Promise<void> {
    await this.#turns.take(async () => {
      for (const [ref, oid] of part.refs) if (this.#refs.get(ref) === oid) this.#refs.delete(ref)
      this.#log.splice(0, part.logged)
      this.#taken = new Map()
      this.#batches.splice(0, part.batches)
      const last = this.#packs.at(-1)!
      const isWritten = (waiting: WaitingPack) => waiting.sealed?.size === waiting.pack.size
      this.#packs = this.#packs.filter((waiting) => waiting === last || !isWritten(waiting))
      step('ahead.cut')
    })
    if (this.#file.size > largestFile) await this.#renewBeside()
  }

  /** Leaves nothing of what was sealed in the file: the next owner need not find refs where that led them. */
  forgetSealed(): Promise<void> {
    return this.#turns.take(() => this.#renew())
  }

  /** After all was sealed: nothing is left to be read again. */
  async close(files: Files, folder: string): Promise<void> {
    await this.#file.close()
    if (!this.#isTakenUp) return
    await this.#file.removeRest()
    if (!this.isEmpty || !existsSync(join(folder, aheadFile))) return
    await files.remove(join(folder, aheadFile))
    step('ahead.removed')
    await files.syncFolder(folder)
  }

  /** All that is not sealed, without what a later entry of its key replaced. A seal that failed has left its own. */
  #takeDeferred(): readonly DeferredEntry[] {
    if (this.#taken.size === 0) this.#taken = this.#latest
    else for (const [key, entry] of this.#latest) this.#taken.set(key, entry)
    this.#latest = new Map()
    if (this.#taken.size === this.#log.length) return this.#log.slice()
    return this.#log.filter((entry) => this.#taken.get(entry.key) === entry)
  }

  #tipOf(ref: string, onDisk: ReadonlyMap<string, Oid>): Oid | null {
    const moved = this.#refs.get(ref)
    return moved === undefined ? (onDisk.get(ref) ?? null) : moved
  }

  async #append(
    objects: readonly NewObject[],
    updates: readonly RefUpdate[],
    deferred: readonly DeferredEntry[],
  ): Promise<Batch> {
    const { number, pack } = this.#packs.at(-1)!
    const { count } = pack
    try {
      const breath = takeBreaths(longestTurn)
      for (const object of objects) {
        if (!pack.add(object)) pack.add(await this.#whole(object))
        const pause = breath()
        if (pause) await pause
      }
      const { from, table, pieces } = pack.tail(count)
      const batch: Batch = { updates, deferred, pack: number, from, table, pieces }
      if (!this.#isSound) await this.#renew()
      await this.#file.append(batch)
      return batch
    } catch (cause) {
      pack.truncate(count)
      this.#isSound = false
      if (cause instanceof CommitbaseError) throw cause
      throw new CommitbaseError('unavailable', `the write cannot be made durable: ${messageOf(cause)}; try again`, {
        cause,
      })
    }
  }

  async #whole(object: NewObject): Promise<GitObject> {
    const [base] = await this.#read([object.delta!.base])
    return wholeObject(object, () => base)
  }

  async #renew(): Promise<void> {
    const bases = this.#sealed()
    this.#beginRenewal(bases)
    await this.#file.renew(bases, this.#batches)
    this.#isSound = true
    this.#bases = bases
  }

  /** The same, while batches land: only the last step of it has them wait. */
  async #renewBeside(): Promise<void> {
    const [bases, { length }] = [this.#sealed(), this.#batches]
    const successor = await this.#file.beginRenewal(bases, this.#batches.slice())
    const outdated = await this.#turns.take(async () => {
      const wasSound = this.#isSound
      const before = this.#bases
      this.#beginRenewal(bases)
      const replaced = await this.#file.finishRenewal(successor, this.#batches.slice(length))
      this.#isSound = replaced !== undefined || wasSound
      this.#bases = replaced ? bases : before
      return replaced
    })
    await outdated?.close()
  }

  /** Which of the two files is there nobody knows until it has ended: what either of them goes on from must stay. */
  #beginRenewal(bases: readonly Base[]): void {
    const { needed } = this
    this.#isSound = false
    this.#bases = [...this.#bases, ...bases.filter(({ name }) => !needed.has(name))]
  }

  /** What the batches that are not sealed go on from: a seal that failed may have brought their entries to the disk already. */
  #sealed(): Base[] {
    return this.#packs.flatMap(({ number, sealed }) => {
      if (!sealed) return []
      const first = this.#batches.find(({ pack }) => pack === number)
      return [{ pack: number, name: sealed.name, size: Math.min(sealed.size, first?.from ?? sealed.size) }]
    })
  }

  #note(batch: Batch): void {
    this.#batches.push(batch)
    for (const { ref, to } of batch.updates) this.#refs.set(ref, to)
    for (const entry of batch.deferred) {
      this.#log.push(entry)
      this.#latest.set(entry.key, entry)
    }
  }
}

const nothing: ReadonlyMap<string, Oid> = new Map()

/** Its name in the repository's folder. The hook looks for it, too. */
export const aheadFile = 'commitbase-ahead'

/** Bytes from which on the file is written anew at a seal. */
const largestFile = 8 << 20

/** Milliseconds: those whose writes these are wait for it, and nobody else before them. */
const longestTurn = 2
