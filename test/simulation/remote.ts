import { CommitbaseError } from '../../src/errors.ts'
import { openMemory } from '../../src/git/memory.ts'
import type { GitObject, Oid } from '../../src/git/objects/object.ts'
import { judgeRefusal, movedOf } from '../../src/git/remote/judgeRefusal.ts'
import type { LandedEach, RefUpdate, SharedRepository } from '../../src/git/repository.ts'
import type { Network } from './network.ts'

/** A push that moved refs. */
export interface Push {
  readonly by: string
  readonly objects: readonly GitObject[]
  readonly updates: readonly RefUpdate[]
  /** All or none. */
  readonly isAtomic: boolean
}

/** The git server: what it holds, and which pushes moved it. */
export class Server {
  readonly repository = openMemory()
  readonly #onPush: (push: Push) => void
  /** What refs pointed to that were no commits: without its ref such an object can be gone. */
  readonly #loose = new Set<Oid>()

  constructor(onPush: (push: Push) => void) {
    this.#onPush = onPush
  }

  async land(by: string, objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    const outcome = await this.repository.land(objects, updates)
    if (outcome === 'landed') this.#note({ by, objects, updates, isAtomic: true })
    return outcome
  }

  async landEach(by: string, objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    const landed = await this.repository.landEach(objects, updates)
    const moved = updates.filter(({ ref }) => landed.moved.has(ref))
    if (moved.length > 0) this.#note({ by, objects, updates: moved, isAtomic: false })
    return landed
  }

  /** Throws `not_found` for what no ref leads to any more: servers give nothing away that nobody may see. */
  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const wanted = oids.filter((oid) => this.#loose.has(oid))
    if (wanted.length > 0) {
      const tips = new Set((await this.repository.refs(['refs/'])).values())
      const gone = wanted.find((oid) => !tips.has(oid))
      if (gone) throw new CommitbaseError('not_found', `the remote has no object ${gone}`)
    }
    return await this.repository.read(oids)
  }

  #note(push: Push): void {
    const blobs = new Set(push.objects.filter(({ type }) => type === 'blob').map(({ oid }) => oid))
    for (const { to } of push.updates) if (to !== null && blobs.has(to)) this.#loose.add(to)
    this.#onPush(push)
  }
}

/** The server as a process has it before it: over the network, judging refused pushes as the real one does (`src/git/remote/remote.ts`). */
export class SimulatedRemote implements SharedRepository {
  readonly history: SharedRepository['history']
  readonly #by: string
  readonly #server: Server
  readonly #network: Network
  /** What it has of the server's objects never changes. */
  readonly #fetched = new Map<Oid, GitObject>()

  constructor(by: string, server: Server, network: Network) {
    this.#by = by
    this.#server = server
    this.#network = network
    this.history = server.repository.history
  }

  async head(): Promise<string> {
    return await this.#server.repository.head()
  }

  async refs(names: readonly string[]): Promise<Map<string, Oid>> {
    return await this.#network.ask(`${this.#by} looks at the refs`, () => this.#server.repository.refs(names))
  }

  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const missing = oids.filter((oid) => !this.#fetched.has(oid))
    if (missing.length > 0) this.#keep(await this.#network.ask(`${this.#by} fetches`, () => this.#server.read(missing)))
    return oids.map((oid) => this.#fetched.get(oid)!)
  }

  async land(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    this.#keep(objects)
    const push = this.#network.ask(`${this.#by} pushes`, () => this.#server.land(this.#by, objects, updates))
    const outcome = await push.catch(() => 'failed')
    if (outcome === 'landed') return outcome
    const verdict = judgeRefusal(objects, updates, await this.refs(['refs/']))
    if (verdict !== 'error') return verdict
    throw refused()
  }

  async landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    this.#keep(objects)
    const push = this.#network.ask(`${this.#by} pushes each`, () => this.#server.landEach(this.#by, objects, updates))
    const landed = await push.catch(() => ({ moved: new Set<string>() }))
    if (landed.moved.size === updates.length) return landed
    const refs = await this.refs(['refs/'])
    const report = [...landed.moved].map((ref) => `*\t:${ref}\t`).join('\n')
    const moved = movedOf(report, updates, refs)
    const isStill = updates.some(({ ref, from }) => !moved.has(ref) && (refs.get(ref) ?? null) === from)
    return isStill ? { moved, refusal: refused() } : { moved }
  }

  async close(): Promise<void> {}

  #keep(objects: readonly GitObject[]): void {
    for (const object of objects) if (object.body) this.#fetched.set(object.oid, object)
  }
}

function refused(): CommitbaseError {
  return new CommitbaseError('unavailable', 'the remote did not take the push')
}

/** A ref as a trace names it. */
export function shortOf(ref: string): string {
  return ref.replace(/^refs\/(heads|commitbase)\//, '').replace(/[0-9a-f]{57}$/, '')
}
