import { nextTurn } from '../breath.ts'
import type { Environment } from '../commands/git.ts'
import { ObjectReader } from '../commands/objectReader.ts'
import { unsyncedFiles } from '../disk/files.ts'
import { ObjectCache } from '../objectCache.ts'
import { checkOid, type GitObject, type Oid } from '../objects/object.ts'
import { writePack } from '../packs/packFolder.ts'
import { Turns } from '../turns.ts'
import type { Conversation } from './conversation.ts'

export interface RemoteObjectsOptions {
  readonly conversation: Conversation
  /** The repository on this machine that everything is put into. */
  readonly folder: string
  readonly environment?: Environment
  /** Has git fetch them into a place where the repository finds them. */
  readonly fetchByGit: (oids: readonly Oid[]) => Promise<void>
  /** Why the objects did not come; `reason` is what was thrown, if anything was. */
  readonly failure: (missing: readonly Oid[], reason: unknown) => Error
}

/**
 * The objects of a remote, fetched when they are asked for. What is asked for while a fetch is under way comes with the next one:
 * who wants several things at once waits for one round trip.
 */
export class RemoteObjects {
  readonly #options: RemoteObjectsOptions
  readonly #reader: ObjectReader
  readonly #cache = new ObjectCache(64 << 20)
  /** What we know to be in the folder. */
  readonly #stored = new Set<Oid>()
  /** Whether there may be more: git has written there. */
  #hasMore = false
  #storing: Promise<unknown> = Promise.resolve()
  #wanted = new Set<Oid>()
  #gathering: Promise<Fetched> | undefined
  readonly #fetches = new Turns()

  constructor(options: RemoteObjectsOptions) {
    this.#options = options
    this.#reader = new ObjectReader(options.folder, { environment: options.environment })
  }

  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const present = await this.#present(oids.map(checkOid))
    const missing = [...new Set(oids)].filter((oid) => !present.has(oid))
    if (missing.length > 0) for (const [oid, object] of await this.#fetchAll(missing)) present.set(oid, object)
    return oids.map((oid) => present.get(oid)!)
  }

  /** Puts objects into the folder. */
  async store(objects: readonly GitObject[]): Promise<void> {
    const news = new Map(objects.filter(({ oid }) => !this.#stored.has(oid)).map((object) => [object.oid, object]))
    for (const object of news.values()) {
      this.#stored.add(object.oid)
      this.#cache.add(object)
    }
    this.#storing = Promise.all([this.#storing, writePack(this.#options.folder, [...news.values()], unsyncedFiles)])
    await this.#storing
  }

  /** Git has put more objects where the folder finds them. */
  noteMore(): void {
    this.#hasMore = true
  }

  async close(): Promise<void> {
    await this.#fetches.take(async () => {})
    await this.#storing.catch(() => {})
    await this.#reader.close()
  }

  async #present(oids: readonly Oid[]): Promise<Map<Oid, GitObject>> {
    const known = new Map<Oid, GitObject>()
    const unknown = new Set<Oid>()
    for (const oid of oids) {
      const object = this.#cache.get(oid)
      if (object) known.set(oid, object)
      else if (this.#hasMore || this.#stored.has(oid)) unknown.add(oid)
    }
    if (unknown.size > 0) await this.#storing
    for (const object of await this.#reader.read([...unknown])) {
      if (!object) continue
      this.#cache.add(object)
      known.set(object.oid, object)
    }
    return known
  }

  async #fetchAll(oids: readonly Oid[]): Promise<ReadonlyMap<Oid, GitObject>> {
    const lacks = ({ found }: Fetched) => oids.some((oid) => !found.has(oid))
    let fetched = await this.#gather(oids)
    // A server that has not one of them sends none: it may be what somebody else wanted.
    if (lacks(fetched) && fetched.asked > oids.length) fetched = await this.#fetches.take(() => this.#fetch(oids))
    const missing = oids.filter((oid) => !fetched.found.has(oid))
    if (missing.length > 0) throw this.#options.failure(missing, fetched.reason)
    return fetched.found
  }

  /** Fetches them with what others want. */
  #gather(oids: readonly Oid[]): Promise<Fetched> {
    for (const oid of oids) this.#wanted.add(oid)
    this.#gathering ??= this.#fetches.take(async () => {
      // Who has just got what was fetched before goes on, and asks for what comes next.
      await nextTurn()
      const wanted = [...this.#wanted]
      this.#wanted.clear()
      this.#gathering = undefined
      return await this.#fetch(wanted)
    })
    return this.#gathering
  }

  /** Fetches until all are there or no more come. Asked for a folder and for what is in it, a server that filters sends the folder alone. */
  async #fetch(oids: readonly Oid[]): Promise<Fetched> {
    const found = new Map<Oid, GitObject>()
    for (let left = oids; ; ) {
      const reason = await this.#fetchOnce(left, found).catch((error: unknown) => error)
      const missing = left.filter((oid) => !found.has(oid))
      if (missing.length === 0 || missing.length === left.length) return { asked: oids.length, found, reason }
      left = missing
    }
  }

  async #fetchOnce(oids: readonly Oid[], found: Map<Oid, GitObject>): Promise<void> {
    const sent = await this.#options.conversation.fetch(oids)
    if (sent) {
      for (const object of sent) found.set(object.oid, object)
      // Who needs them on the disk waits for that.
      this.store(sent).catch(() => {})
      return
    }
    this.#hasMore = true
    try {
      await this.#options.fetchByGit(oids)
    } finally {
      for (const [oid, object] of await this.#present(oids)) found.set(oid, object)
    }
  }
}

interface Fetched {
  readonly asked: number
  readonly found: ReadonlyMap<Oid, GitObject>
  /** What was thrown, if anything was. */
  readonly reason: unknown
}
