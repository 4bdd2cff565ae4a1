import type { DeferredEntry } from './deferred.ts'
import { KeptBytes } from './keptBytes.ts'
import type { GitObject, NewObject, Oid } from './objects/object.ts'
import type { RefUpdate } from './repository.ts'

/** A landing as far as it had come, to go back to. */
export interface LandingCheckpoint {
  readonly objects: number
  readonly pointed: ReadonlyMap<string, RefUpdate>
  readonly deferred: number
}

/** What is to land together: objects, the moves of refs that point to no commit, and entries that find their place later. */
export class Landing {
  readonly #objects: NewObject[] = []
  /** The first so many of the objects by their ids, of two the first: seldom does anybody look for one. */
  readonly #byId = new Map<Oid, NewObject>()
  #listed = 0
  #pointed = new Map<string, RefUpdate>()
  readonly #deferred: DeferredEntry[] = []
  readonly #latest = new Map<string, DeferredEntry>()

  /** Each behind what it is a delta of; one that was made twice may come twice. */
  get objects(): readonly NewObject[] {
    return this.#objects
  }

  get pointed(): Iterable<RefUpdate> {
    return this.#pointed.values()
  }

  /** All entries in the order in which they came, also those that a later one of their key replaced. */
  get deferred(): readonly DeferredEntry[] {
    return this.#deferred
  }

  object(oid: Oid): NewObject | undefined {
    for (; this.#listed < this.#objects.length; this.#listed++) {
      const next = this.#objects[this.#listed]!
      if (!this.#byId.has(next.oid)) this.#byId.set(next.oid, next)
    }
    return this.#byId.get(oid)
  }

  /** The last entry of that key. */
  entry(key: string): DeferredEntry | undefined {
    return this.#latest.get(key)
  }

  /** The last entries of their keys: those that count. */
  pending(): readonly DeferredEntry[] {
    if (this.#latest.size === this.#deferred.length) return this.#deferred
    return this.#deferred.filter((entry) => this.#latest.get(entry.key) === entry)
  }

  add(object: NewObject): void {
    this.#objects.push(object)
  }

  point(update: RefUpdate, to: GitObject | null): void {
    if (to) this.add(to)
    this.#pointed.set(update.ref, update)
  }

  /** It waits for the next seal. */
  defer({ key, bytes, value }: DeferredEntry): void {
    const entry: DeferredEntry = { key, bytes: kept.keep(bytes), value }
    this.#deferred.push(entry)
    this.#latest.set(key, entry)
  }

  forgetDeferred(): void {
    this.#deferred.length = 0
    this.#latest.clear()
  }

  checkpoint(): LandingCheckpoint {
    const pointed = this.#pointed.size > 0 ? new Map(this.#pointed) : nothingPointed
    return { objects: this.#objects.length, pointed, deferred: this.#deferred.length }
  }

  restore({ objects, pointed, deferred }: LandingCheckpoint): void {
    for (const object of this.#objects.splice(objects))
      if (this.#byId.get(object.oid) === object) this.#byId.delete(object.oid)
    this.#listed = Math.min(this.#listed, objects)
    this.#pointed = new Map(pointed)
    if (this.#deferred.length === deferred) return
    this.#deferred.length = deferred
    this.#latest.clear()
    for (const entry of this.#deferred) this.#latest.set(entry.key, entry)
  }
}

const kept = new KeptBytes()

const nothingPointed: ReadonlyMap<string, RefUpdate> = new Map()
