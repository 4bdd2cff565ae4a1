import { readdirSync, statSync } from 'node:fs'
import { takeBreaths } from '../breath.ts'
import { applyDelta } from '../objects/delta.ts'
import type { GitObject, ObjectType, Oid } from '../objects/object.ts'
import { OpenPack } from './openPack.ts'
import { longestEntry, longestHead, readBody, readHead } from './packEntry.ts'
import { PackPages } from './packPages.ts'

/**
 * Reads objects from a folder of packs, in this process. Packs that come and go are noticed when an object is not found, or when
 * the folder has changed: a pack that is gone stays open until then, and what was in it is in another.
 */
export class PackStore {
  readonly #folder: string
  readonly #pages = new PackPages()
  #packs: OpenPack[] = []
  #seen = -1
  /** Packs that have left the folder, which a scan under way may be reading. */
  #gone: OpenPack[] = []
  #scans = 0
  /** Objects of the indexes that are held in memory. */
  #held = 0

  /** The folder: `objects/pack` of a repository. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The object; nothing where no pack has it. */
  read(oid: Oid): GitObject | undefined {
    return this.#find(oid) ?? (this.#refresh() ? this.#find(oid) : undefined)
  }

  /**
   * Hands over those of the objects that packs have, in the order in which they lie there: who asks for a whole table reads its
   * packs once, from front to back. Gives the ids of the others. Others have a turn now and then.
   */
  async readMany(oids: readonly Oid[], take: (object: GitObject) => void): Promise<Oid[]> {
    this.#refresh()
    this.#scans += 1
    try {
      return await this.#readFrom([...this.#packs], oids, take)
    } finally {
      this.#scans -= 1
      this.#closeGone()
    }
  }

  async #readFrom(packs: readonly OpenPack[], oids: readonly Oid[], take: (object: GitObject) => void): Promise<Oid[]> {
    const breath = takeBreaths()
    let left = oids
    for (const pack of packs) {
      if (left.length === 0) break
      const found = pack.index.findMany(left).sort((a, b) => a.offset - b.offset)
      if (found.length === 0) continue
      const ids = new Set(found.map(({ oid }) => oid))
      left = left.filter((oid) => !ids.has(oid))
      const distance = (found.at(-1)!.offset - found[0]!.offset) / found.length
      // Where they lie far from each other, what lies between them is not worth reading.
      const window = distance < farApart ? new PackWindow(pack) : undefined
      const bases = new Bases()
      for (const { oid, offset } of found) {
        const whole = window?.read(offset) ?? this.#readAt(pack, offset, bases)
        take({ oid, ...whole })
        const pause = breath()
        if (pause) await pause
      }
    }
    return [...left]
  }

  close(): void {
    this.#gone.push(...this.#packs.splice(0))
    this.#closeGone()
    this.#seen = -1
  }

  /** The pack that had the last object is asked first: what is read together lies together. */
  #find(oid: Oid): GitObject | undefined {
    for (let place = 0; place < this.#packs.length; place++) {
      const pack = this.#packs[place]!
      this.#hold(pack)
      const offset = pack.index.find(oid)
      if (offset === undefined) continue
      if (place > 0) {
        this.#packs.splice(place, 1)
        this.#packs.unshift(pack)
      }
      const { type, body } = this.#readAt(pack, offset)
      return { oid, type, body }
    }
    return undefined
  }

  #readAt(pack: OpenPack, offset: number, bases?: Bases): Whole {
    const deltas: { readonly at: number; readonly delta: Buffer }[] = []
    for (let at = offset; ; ) {
      const known = bases?.get(at)
      if (known) return applyAll(known, deltas, bases)
      const { type, distance, base, body } = pack.read(at)
      if (type !== 'delta') return applyAll(bases?.add(at, { type, body }) ?? { type, body }, deltas, bases)
      deltas.push({ at, delta: body })
      if (distance !== undefined) at -= distance
      else {
        const found = this.#find(base!)
        if (!found) throw new Error(`the base ${base} of a delta is missing`)
        return applyAll(found, deltas, bases)
      }
    }
  }

  /** Whether the folder has changed since it was looked at. */
  #refresh(): boolean {
    const changed = modifiedAt(this.#folder)
    if (changed === this.#seen) return false
    this.#seen = changed
    const names = new Set(readdirSync(this.#folder).filter((name) => name.endsWith('.idx')))
    const kept = this.#packs.filter(({ name }) => names.delete(name))
    this.#gone.push(...this.#packs.filter((pack) => !kept.includes(pack)))
    // Before any is opened, which may fail: what is closed is asked no more, nor closed again.
    this.#packs = kept
    this.#closeGone()
    this.#packs = [...[...names].flatMap((name) => openPack(this.#folder, name, this.#pages) ?? []), ...kept]
    return true
  }

  /** Holds its index in memory once much is looked for in it, as long as all that are held are not too many together. */
  #hold({ index }: OpenPack): void {
    if (index.isLoaded || !index.isBusy || this.#held + index.count > mostHeld) return
    index.load()
    this.#held += index.count
  }

  #closeGone(): void {
    if (this.#scans > 0) return
    for (const pack of this.#gone.splice(0)) {
      if (pack.index.isLoaded) this.#held -= pack.index.count
      pack.close()
    }
  }
}

/** Objects of indexes, of 24 bytes each. */
const mostHeld = 1_500_000

interface Whole {
  readonly type: ObjectType
  readonly body: Buffer
}

/** What the deltas make of an object, the last of them first. */
function applyAll(
  base: Whole,
  deltas: readonly { readonly at: number; readonly delta: Buffer }[],
  bases: Bases | undefined,
): Whole {
  let whole = base
  for (const { at, delta } of deltas.toReversed()) {
    whole = { type: base.type, body: applyDelta(whole.body, delta) }
    bases?.add(at, whole)
  }
  return whole
}

/** Objects of one pack by where they lie, while many are read: of a chain of deltas each is made once. */
class Bases {
  #objects = new Map<number, Whole>()
  #bytes = 0

  get(offset: number): Whole | undefined {
    return this.#objects.get(offset)
  }

  add(offset: number, object: Whole): Whole {
    if (this.#bytes > mostBases) {
      this.#objects = new Map()
      this.#bytes = 0
    }
    this.#objects.set(offset, object)
    this.#bytes += object.body.length + 100
    return object
  }
}

/** Bytes. */
const mostBases = 8 << 20

/** Nanoseconds: two changes within a millisecond are two. */
function modifiedAt(folder: string): number {
  return Number(statSync(folder, { bigint: true }).mtimeNs)
}

/** Nothing where it has gone meanwhile. */
function openPack(folder: string, name: string, pages: PackPages): OpenPack | undefined {
  try {
    return new OpenPack(folder, name, pages)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Reads entries of a pack that come one behind the other from one read of many. */
class PackWindow {
  readonly #pack: OpenPack
  #start = 0
  #bytes: Buffer = Buffer.alloc(0)

  constructor(pack: OpenPack) {
    this.#pack = pack
  }

  /** The object that starts there; nothing for a delta, and for one that is too large for a window. */
  read(offset: number): Whole | undefined {
    if (offset + longestHead > this.#start + this.#bytes.length) this.#move(offset)
    const { type, size } = readHead(this.#bytes, offset - this.#start)
    const most = longestEntry(size) + longestHead
    if (type === 'delta' || most > windowSize) return undefined
    if (offset + most > this.#start + this.#bytes.length) this.#move(offset)
    return { type, body: Buffer.from(readBody(this.#bytes, readHead(this.#bytes, offset - this.#start))) }
  }

  #move(offset: number): void {
    this.#start = offset
    this.#bytes = this.#pack.bytes(offset, windowSize)
  }
}

/** Bytes. */
const windowSize = 1 << 20
const farApart = 8 << 10
