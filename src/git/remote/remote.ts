import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitbaseError, messageOf } from '../../errors.ts'
import { step } from '../../step.ts'
import { type Environment, type GitOptions, type GitResult, runGit } from '../commands/git.ts'
import { GitHistory } from '../history/gitHistory.ts'
import type { History } from '../history/history.ts'
import { parentsOf } from '../objects/commit.ts'
import { type GitObject, type NewObject, type Oid, wholeObjects } from '../objects/object.ts'
import { checkRefName, type LandedEach, type RefUpdate, type SharedRepository } from '../repository.ts'
import { Turns } from '../turns.ts'
import { Conversation } from './conversation.ts'
import { judgeRefusal, movedOf } from './judgeRefusal.ts'
import { type RemoteAddress, readRemoteAddress } from './remoteAddress.ts'
import { remoteFailure } from './remoteFailure.ts'
import { RemoteObjects } from './remoteObjects.ts'
import { RemoteRefs } from './remoteRefs.ts'
import { makeRemoteStore, type RemoteStore } from './remoteStore.ts'

export interface RemoteOptions {
  /** `https:`, `http:`, `ssh:`, `file:`, `user@host:path`, or a folder. */
  readonly url: string
  /** Goes to that server alone, in a header, by the environment of git's processes. */
  readonly token?: string
  /** Where the throw-away folder is made (default: the system's place for such). */
  readonly folder?: string
  /** The branch to use instead of the one that the remote's HEAD names. */
  readonly branch?: string
  /** Refs that are asked for together with the head: whoever looks at them first sees them as they were then, without another question. A name that ends in `/` means all below it. */
  readonly ahead?: readonly string[]
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
  readonly #conversation: Conversation
  readonly #refs: RemoteRefs
  readonly #objects: RemoteObjects
  /** Up to which commit the past was fetched. */
  readonly #past = new Map<'commits' | 'trees', Oid>()
  /** One process at a time works in the throw-away folder. */
  readonly #turns = new Turns()

  constructor(address: RemoteAddress, { environment, branch, ahead }: RemoteOptions, store: RemoteStore) {
    this.#address = address
    this.#options = {
      environment,
      config: { ...settings, ...address.config },
      variables: { GIT_ALLOW_PROTOCOL: allowed },
    }
    this.#store = store
    this.#conversation = new Conversation(address.url, store.own, this.#options)
    this.#refs = new RemoteRefs({
      url: address.url,
      conversation: this.#conversation,
      folder: store.own,
      git: (args) => this.#git(store.own, args),
      failure: (what, reason) => this.#failure(what, reason),
      head: branch === undefined ? undefined : `refs/heads/${branch}`,
      ahead,
    })
    this.#objects = new RemoteObjects({
      conversation: this.#conversation,
      folder: store.own,
      environment,
      fetchByGit: (oids) => this.#fetchByGit(oids),
      failure: (missing, reason) => this.#missing(missing, reason),
    })
    this.history = new GitHistory({
      folder: store.past,
      options: this.#options,
      read: (oids) => this.read(oids),
      prepare: (tip, needed) => this.#turns.take(() => this.#fetchPast(tip, needed)),
    })
  }

  head(): Promise<string> {
    return this.#refs.head()
  }

  refs(names: readonly string[]): Promise<Map<string, Oid>> {
    return this.#refs.named(names)
  }

  read(oids: readonly Oid[]): Promise<GitObject[]> {
    return this.#objects.read(oids)
  }

  land(objects: readonly NewObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    for (const { ref } of updates) checkRefName(ref)
    return this.#turns.take(async () => this.#land(await wholeObjects(objects, (oids) => this.read(oids)), updates))
  }

  landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    for (const { ref } of updates) checkRefName(ref)
    return this.#turns.take(() => this.#landEach(objects, updates))
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {})
    await this.#objects.close()
    await this.#conversation.close()
    await this.#store.remove()
  }

  /**
   * Fetches the objects themselves: a commit without its parents and its folder, a folder without what is in it. GitHub takes no
   * deeper filter than that, and no combined one.
   */
  async #fetchByGit(oids: readonly Oid[]): Promise<void> {
    const how = [
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--depth=1',
      '--filter=tree:0',
    ]
    const input = `${oids.join('\n')}\n`
    const { status, words } = await this.#git(this.#store.fetched, ['fetch', ...how, '--stdin', 'origin'], input)
    // Without it the next fetch tells the server of each commit that we know without its parents.
    await rm(join(this.#store.fetched, 'shallow'), { force: true })
    if (status !== 0) throw new Error(words)
  }

  #missing(oids: readonly Oid[], reason: unknown): CommitbaseError {
    if (reason !== undefined) return this.#failure(`fetching ${some(oids)} from`, reason)
    return new CommitbaseError('not_found', `${this.#address.url} has no object ${oids[0]}`)
  }

  #failure(what: string, reason: unknown): CommitbaseError {
    if (reason instanceof CommitbaseError) return reason
    return remoteFailure(what, this.#address.url, this.#address.mask(messageOf(reason)))
  }

  /** Brings the commits that lead to the tip, with their folders where they are needed, and no file. */
  async #fetchPast(tip: Oid, needed: 'commits' | 'trees'): Promise<void> {
    if (this.#past.get(needed) === tip) return
    // What is there already counts as complete: without --refetch no folder would come for the commits that are known.
    const refetch = needed === 'trees' && this.#past.has('commits') ? ['--refetch'] : []
    const filter = needed === 'trees' ? '--filter=blob:none' : '--filter=tree:0'
    const how = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', filter, ...refetch]
    const { status, words } = await this.#git(this.#store.past, ['fetch', ...how, 'origin', tip])
    this.#objects.noteMore()
    if (status !== 0) throw remoteFailure('fetching the history of', this.#address.url, words)
    this.#past.set('commits', tip)
    if (needed === 'trees') this.#past.set('trees', tip)
  }

  async #land(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    const pushed = await this.#push(objects, updates, ['--atomic'])
    if (pushed.status === 0) return 'landed'
    const verdict = judgeRefusal(objects, updates, await this.#look(updates))
    if (verdict !== 'error') return verdict
    throw this.#pushFailure(pushed)
  }

  async #landEach(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<LandedEach> {
    const pushed = await this.#push(objects, updates, [])
    if (pushed.status === 0) return { moved: new Set(updates.map(({ ref }) => ref)) }
    const refs = await this.#look(updates)
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
    await this.#objects.store(objects)
    step('remote.packed')
    const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`)
    const moves = updates.map(({ ref, to }) => `${to ?? ''}:${ref}`)
    const options = ['--porcelain', '--no-verify', '--no-thin', ...how, ...leases]
    const pushed = await this.#git(this.#store.own, ['push', ...options, this.#address.url, ...moves])
    step('remote.pushed')
    return pushed
  }

  /** The refs of a push as they are after it. */
  #look(updates: readonly RefUpdate[]): Promise<ReadonlyMap<string, Oid>> {
    return this.#refs.list(updates.map(({ ref }) => ref))
  }

  #pushFailure({ words, output }: GitResult): CommitbaseError {
    return remoteFailure('pushing to', this.#address.url, `${words}\n${this.#address.mask(output.toString())}`)
  }

  /** Git sends what is new since the parents, and wants to see them for that. */
  async #haveParents(objects: readonly GitObject[]): Promise<void> {
    const commits = objects.filter(({ type }) => type === 'commit')
    const brought = new Set(commits.map(({ oid }) => oid))
    const parents = [...new Set(commits.flatMap(({ body }) => parentsOf(body)))].filter((oid) => !brought.has(oid))
    await this.#objects.read(parents)
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
