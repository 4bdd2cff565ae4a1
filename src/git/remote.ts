import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError } from '../errors.ts'
import { parentsOf } from './commit.ts'
import { type Environment, type GitOptions, type GitResult, runGit } from './git.ts'
import { GitHistory } from './gitHistory.ts'
import type { History } from './history.ts'
import { judgeRefusal, movedOf } from './judgeRefusal.ts'
import { checkOid, type GitObject, type NewObject, type Oid, wholeObject } from './object.ts'
import { ObjectCache } from './objectCache.ts'
import { ObjectReader } from './objectReader.ts'
import { writePack } from './packFolder.ts'
import { type RemoteAddress, readRemoteAddress } from './remoteAddress.ts'
import { remoteFailure } from './remoteFailure.ts'
import { makeRemoteStore, type RemoteStore } from './remoteStore.ts'
import { checkRefName, type LandedEach, type RefUpdate, type SharedRepository } from './repository.ts'

export interface RemoteOptions {
  /** `https:`, `http:`, `ssh:`, `file:`, `user@host:path`, or a folder. */
  readonly url: string
  /** Goes to that server alone, in a header, by the environment of git's processes. */
  readonly token?: string
  /** Where the throw-away folder is made (default: the system's place for such). */
  readonly folder?: string
  /** The branch to use instead of the one that the remote's HEAD names. */
  readonly branch?: string
  /** From a door: the environment of git's processes. */
  readonly environment?: Environment
}

/**
 * A repository on any git server. Reads fetch what is missing, a folder at a time and without history; landing is one atomic
 * push that moves each ref only from what was built on. There is no work tree, and nothing is kept.
 */
export async function openRemote(options: RemoteOptions): Promise<RemoteRepository> {
  const address = readRemoteAddress(options.url, options.token)
  return new RemoteRepository(address, options, await makeRemoteStore(options.folder))
}

export class RemoteRepository implements SharedRepository {
  readonly history: History
  readonly #address: RemoteAddress
  readonly #options: GitOptions
  readonly #store: RemoteStore
  readonly #reader: ObjectReader
  readonly #cache = new ObjectCache(64 << 20)
  /** What the refs pointed to when they were last asked for. */
  readonly #tips = new Set<Oid>()
  /** Up to which commit the past was fetched. */
  readonly #past = new Map<'commits' | 'trees', Oid>()
  #head: string | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(address: RemoteAddress, { environment, branch }: RemoteOptions, store: RemoteStore) {
    this.#address = address
    this.#options = {
      environment,
      config: { ...settings, ...address.config },
      variables: { GIT_ALLOW_PROTOCOL: allowed },
    }
    this.#store = store
    this.#reader = new ObjectReader(store.own, { environment })
    this.history = new GitHistory({
      folder: store.past,
      options: this.#options,
      read: (oids) => this.read(oids),
      prepare: (tip, needed) => this.#alone(() => this.#fetchPast(tip, needed)),
    })
    if (branch !== undefined) this.#head = `refs/heads/${branch}`
  }

  async head(): Promise<string> {
    if (this.#head === undefined) await this.#list()
    this.#head ??= await this.#unbornHead()
    return this.#head
  }

  async refs(names: readonly string[]): Promise<Map<string, Oid>> {
    const refs = [...(await this.#list())]
    return new Map(
      refs.filter(([ref]) => names.some((name) => (name.endsWith('/') ? ref.startsWith(name) : ref === name))),
    )
  }

  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const present = await this.#present(oids)
    const missing = [...new Set(oids.filter((oid) => !present.has(oid)))]
    if (missing.length > 0) {
      const fetched = await this.#alone(() => this.#fetch(missing))
      for (const object of fetched) present.set(object.oid, object)
    }
    return oids.map((oid) => present.get(oid)!)
  }

  land(objects: readonly NewObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    for (const { ref } of updates) checkRefName(ref)
    return this.#alone(async () => this.#land(await this.#wholeOf(objects), updates))
  }

  landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    for (const { ref } of updates) checkRefName(ref)
    return this.#alone(() => this.#landEach(objects, updates))
  }

  async close(): Promise<void> {
    await this.#last
    await this.#reader.close()
    await this.#store.remove()
  }

  /** One process at a time works in the throw-away folder. */
  #alone<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#last.then(action)
    this.#last = done.catch(() => {})
    return done
  }

  /** All refs of the remote; learns where its HEAD leads. */
  async #list(): Promise<Map<string, Oid>> {
    const listed = await this.#git(this.#store.own, ['ls-remote', '--symref', '--quiet', this.#address.url])
    if (listed.status !== 0) throw remoteFailure('asking for the refs of', this.#address.url, listed.words)
    const refs = new Map<string, Oid>()
    this.#tips.clear()
    for (const line of listed.output.toString().split('\n').filter(Boolean)) {
      const [value, ref] = line.split('\t') as [string, string]
      if (!value.startsWith('ref: ')) {
        refs.set(ref, value)
        this.#tips.add(value)
      } else if (ref === 'HEAD') this.#head ??= value.slice(5)
    }
    return refs
  }

  /** Only a clone asks for the branch that HEAD names before there is one (protocol v2, `unborn`). */
  async #unbornHead(): Promise<string> {
    const folder = join(this.#store.own, 'unborn.git')
    const how = ['--bare', '--quiet', '--template=', '--depth=1', '--filter=tree:0', '--single-branch', '--no-tags']
    const cloned = await this.#git(this.#store.own, ['clone', ...how, '--', this.#address.url, folder])
    if (cloned.status !== 0) throw remoteFailure('cloning', this.#address.url, cloned.words)
    const head = await readFile(join(folder, 'HEAD'), 'utf8')
    await rm(folder, { recursive: true })
    return /^ref: (refs\/heads\/\S+)/.exec(head)?.[1] ?? 'refs/heads/main'
  }

  async #present(oids: readonly Oid[]): Promise<Map<Oid, GitObject>> {
    const known = new Map<Oid, GitObject>()
    const unknown = new Set<Oid>()
    for (const oid of oids.map(checkOid)) {
      const object = this.#cache.get(oid)
      if (object) known.set(oid, object)
      else unknown.add(oid)
    }
    for (const object of await this.#reader.read([...unknown])) {
      if (!object) continue
      this.#cache.add(object)
      known.set(object.oid, object)
    }
    return known
  }

  /** Fetches until all are there. Asked for a folder and for what is in it, a server that filters sends the folder alone. */
  async #fetch(oids: readonly Oid[]): Promise<GitObject[]> {
    for (let left = oids; ; ) {
      const { status, words } = await this.#fetchOnce(left)
      const present = await this.#present(oids)
      const missing = oids.filter((oid) => !present.has(oid))
      if (missing.length === 0) return oids.map((oid) => present.get(oid)!)
      if (missing.length < left.length) left = missing
      else if (status !== 0) throw remoteFailure(`fetching ${some(missing)} from`, this.#address.url, words)
      else throw new CommitbaseError('not_found', `${this.#address.url} has no object ${missing[0]}`)
    }
  }

  /**
   * Fetches the objects themselves: a commit without its parents, a folder without what is in it. A ref's newest commit brings
   * its first folder along; for a folder the same filter would bring all its files (rev-list, `--filter=tree`).
   */
  async #fetchOnce(oids: readonly Oid[]): Promise<GitResult> {
    const filter = oids.every((oid) => this.#tips.has(oid)) ? '--filter=tree:1' : '--filter=tree:0'
    const how = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--depth=1', filter]
    const input = `${oids.join('\n')}\n`
    const fetched = await this.#git(this.#store.fetched, ['fetch', ...how, '--stdin', 'origin'], input)
    // Without it the next fetch tells the server of each commit that we know without its parents.
    await rm(join(this.#store.fetched, 'shallow'), { force: true })
    return fetched
  }

  /** Brings the commits that lead to the tip, with their folders where they are needed, and no file. */
  async #fetchPast(tip: Oid, needed: 'commits' | 'trees'): Promise<void> {
    if (this.#past.get(needed) === tip) return
    // What is there already counts as complete: without --refetch no folder would come for the commits that are known.
    const refetch = needed === 'trees' && this.#past.has('commits') ? ['--refetch'] : []
    const filter = needed === 'trees' ? '--filter=blob:none' : '--filter=tree:0'
    const how = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', filter, ...refetch]
    const { status, words } = await this.#git(this.#store.past, ['fetch', ...how, 'origin', tip])
    if (status !== 0) throw remoteFailure('fetching the history of', this.#address.url, words)
    this.#past.set('commits', tip)
    if (needed === 'trees') this.#past.set('trees', tip)
  }

  async #land(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    const pushed = await this.#push(objects, updates, ['--atomic'])
    if (pushed.status === 0) return 'landed'
    const verdict = judgeRefusal(objects, updates, await this.#list())
    if (verdict !== 'error') return verdict
    throw this.#pushFailure(pushed)
  }

  async #landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    const pushed = await this.#push(objects, updates, [])
    if (pushed.status === 0) return { moved: new Set(updates.map(({ ref }) => ref)) }
    const refs = await this.#list()
    const moved = movedOf(pushed.output.toString(), updates, refs)
    const isStill = updates.some(({ ref, from }) => !moved.has(ref) && (refs.get(ref) ?? null) === from)
    return isStill ? { moved, refusal: this.#pushFailure(pushed) } : { moved }
  }

  /** Moves each ref only from what was built on; git itself refuses on this side what it sees to be in vain. */
  async #push(
    objects: readonly GitObject[],
    updates: readonly RefUpdate[],
    how: readonly string[],
  ): Promise<GitResult> {
    await this.#haveParents(objects)
    await writePack(this.#store.own, objects)
    for (const object of objects) this.#cache.add(object)
    const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`)
    const moves = updates.map(({ ref, to }) => `${to ?? ''}:${ref}`)
    const options = ['--porcelain', '--no-verify', '--no-thin', ...how, ...leases]
    return await this.#git(this.#store.own, ['push', ...options, this.#address.url, ...moves])
  }

  #pushFailure({ words, output }: GitResult): CommitbaseError {
    return remoteFailure('pushing to', this.#address.url, `${words}\n${this.#address.mask(output.toString())}`)
  }

  /** What came as a delta alone, made whole: its base came before it, or is known here. */
  async #wholeOf(objects: readonly NewObject[]): Promise<GitObject[]> {
    const made = new Map<Oid, GitObject>()
    for (const object of objects) {
      const base = object.body
        ? undefined
        : (made.get(object.delta.base) ?? (await this.#present([object.delta.base])).get(object.delta.base))
      made.set(
        object.oid,
        wholeObject(object, () => base),
      )
    }
    return [...made.values()]
  }

  /** Git sends what is new since the parents, and wants to see them for that. */
  async #haveParents(objects: readonly GitObject[]): Promise<void> {
    const commits = objects.filter(({ type }) => type === 'commit')
    const brought = new Set(commits.map(({ oid }) => oid))
    const parents = [...new Set(commits.flatMap(({ body }) => parentsOf(body)))].filter((oid) => !brought.has(oid))
    const present = await this.#present(parents)
    const missing = parents.filter((oid) => !present.has(oid))
    if (missing.length > 0) await this.#fetch(missing)
  }

  async #git(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
    const url = { 'remote.origin.url': this.#address.url }
    const config = { ...this.#options.config, ...url }
    const result = await runGit([`--git-dir=${folder}`, ...args], { ...this.#options, config, input, timeout })
    return { ...result, words: this.#address.mask(result.words) }
  }
}

function some(oids: readonly Oid[]): string {
  return oids.length === 1 ? oids[0]! : `${oids.length} objects`
}

/**
 * No walk of what we have (`noop`), no hooks, and what a user set for pushes of their own does not apply. `useSparse` would
 * send what only moved to another folder, and we may not have it.
 */
const settings = {
  'core.hooksPath': '/dev/null',
  'fetch.negotiationAlgorithm': 'noop',
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '30',
  'protocol.version': '2',
  'pack.useSparse': 'false',
  'push.followTags': 'false',
  'push.gpgSign': 'false',
  'push.negotiate': 'false',
  'push.recurseSubmodules': 'no',
}

const allowed = 'file:git:http:https:ssh'

/** Milliseconds for one exchange with the server. */
const timeout = 120_000
