import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommitbaseError } from '../errors.ts'
import { foldersUpTo, syncFolder, writeDurably } from './durable.ts'
import { type Environment, type GitOptions, git } from './git.ts'
import { GitHistory } from './gitHistory.ts'
import type { History } from './history.ts'
import { judgeRefusal } from './judgeRefusal.ts'
import { prepareFolder } from './localFolder.ts'
import { Maintenance } from './maintenance.ts'
import { checkOid, type GitObject, type Oid } from './object.ts'
import { ObjectCache } from './objectCache.ts'
import { ObjectReader } from './objectReader.ts'
import type { Ownership } from './owner.ts'
import { writePack } from './packFolder.ts'
import { readRefFiles } from './refFiles.ts'
import { RefTransactions } from './refTransaction.ts'
import { checkRefName, type RefUpdate, type Repository } from './repository.ts'

export interface LocalOptions {
  /** The branch that HEAD names in a new repository (default: `main`). In one that is there: the branch to use instead of HEAD's. */
  readonly branch?: string
  /** Whether a folder that is missing or empty becomes a repository (default: yes). */
  readonly create?: boolean
  /** From a door: the environment of git's processes. */
  readonly environment?: Environment
  /** From `takeOwnership`: lets refs move past the folder's hook, and lets this process clear away what a dead owner left. */
  readonly ownership?: Ownership
}

/**
 * Opens a bare repository in a folder, and makes it where there is none. Objects land as packs of our own; git repacks them in
 * the background. Anybody may read the folder meanwhile: a clone, `git http-backend`.
 *
 * Throws `not_found` where nothing is there and `create` is false, `invalid` where something else is.
 */
export async function openLocal(folder: string, options: LocalOptions = {}): Promise<LocalRepository> {
  const root = resolve(folder)
  // Our own processes need not ask the hook that keeps others out.
  const hooks = options.ownership ? { 'core.hooksPath': '/dev/null' } : undefined
  const gitOptions: GitOptions = { environment: options.environment, config: hooks }
  await prepareFolder(root, options, gitOptions)
  const repository = new LocalRepository(root, options.branch, gitOptions)
  if (options.ownership) await repository.recover()
  return repository
}

export class LocalRepository implements Repository {
  readonly folder: string
  readonly history: History
  readonly #branch: string | undefined
  readonly #options: GitOptions
  readonly #reader: ObjectReader
  readonly #transactions: RefTransactions
  readonly #maintenance: Maintenance
  readonly #cache = new ObjectCache(64 << 20)
  #landing: Promise<unknown> = Promise.resolve()
  #announced = false

  constructor(folder: string, branch: string | undefined, options: GitOptions) {
    this.folder = folder
    this.history = new GitHistory({ folder, options, read: (oids) => this.read(oids) })
    this.#branch = branch
    this.#options = options
    this.#reader = new ObjectReader(folder, options)
    this.#transactions = new RefTransactions(folder, options)
    this.#maintenance = new Maintenance(folder, options)
  }

  async head(): Promise<string> {
    if (this.#branch !== undefined) return `refs/heads/${this.#branch}`
    const text = await readFile(join(this.folder, 'HEAD'), 'utf8')
    const [, ref] = /^ref: (refs\/heads\/\S+)\s*$/.exec(text) ?? []
    if (ref) return ref
    throw new CommitbaseError('invalid', `HEAD of ${this.folder} names no branch but '${text.trim()}'; set it to one`)
  }

  async refs(names: readonly string[]): Promise<Map<string, Oid>> {
    if (names.length === 0) return new Map()
    const read = names.some((name) => name.endsWith('/')) ? undefined : await readRefFiles(this.folder, names)
    return read ?? (await this.#askForRefs(names))
  }

  async #askForRefs(names: readonly string[]): Promise<Map<string, Oid>> {
    const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...names]
    const listed = await git([`--git-dir=${this.folder}`, ...args], this.#options)
    const lines = listed.toString().split('\n').filter(Boolean)
    const all = lines.map((line): [string, Oid] => [line.slice(41), line.slice(0, 40)])
    // git takes a name for a folder's, too: `refs/heads/a` asks for `refs/heads/a/b`.
    return new Map(
      all.filter(([ref]) => names.some((name) => (name.endsWith('/') ? ref.startsWith(name) : ref === name))),
    )
  }

  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const cached = oids.map((oid) => this.#cache.get(oid))
    const missing = [...new Set(oids.filter((_, index) => !cached[index]).map(checkOid))]
    const fetched = new Map<Oid, GitObject>()
    for (const object of await this.#reader.read(missing)) if (object) fetched.set(object.oid, object)
    for (const object of fetched.values()) this.#cache.add(object)
    return oids.map((oid, index) => cached[index] ?? fetched.get(oid) ?? this.#missing(oid))
  }

  land(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    for (const { ref } of updates) checkRefName(ref)
    const landing = this.#landing.then(() => this.#land(objects, updates))
    this.#landing = landing.catch(() => {})
    return landing
  }

  /** What only a new owner does: completes a landing that was cut off, and counts the packs that are there. */
  async recover(): Promise<void> {
    await this.#finishLanding()
    const packs = await readdir(join(this.folder, 'objects', 'pack'))
    this.#maintenance.packsAdded(packs.filter((name) => name.endsWith('.pack')).length)
  }

  /** Brings to its end what a power cut left half done: git renames the refs of a transaction one after the other. */
  async #finishLanding(): Promise<void> {
    const updates = parseLanding(await readFile(join(this.folder, landingFile), 'utf8').catch(() => ''))
    const refs = await this.refs(updates.map(({ ref }) => ref))
    const left = updates.filter(({ ref, from, to }) => from !== to && (refs.get(ref) ?? null) === from)
    if (left.length === 0 || left.length === updates.length) return
    if (updates.some(({ ref, from, to }) => ![from, to].includes(refs.get(ref) ?? null))) return
    const outcome = await this.#transactions.move(left)
    if (!outcome.done)
      throw new CommitbaseError('internal', `a half-landed batch cannot be completed: ${outcome.words}`)
    await this.#syncRefs(left)
  }

  async close(): Promise<void> {
    await this.#landing
    await Promise.all([this.#reader.close(), this.#transactions.close(), this.#maintenance.close()])
  }

  async #land(objects: readonly GitObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    await Promise.all([writePack(this.folder, objects), this.#announce(updates)])
    const outcome = await this.#transactions.move(updates)
    if (!outcome.done) return await this.#judge(objects, updates, outcome.words)
    await this.#syncRefs(updates)
    for (const object of objects) this.#cache.add(object)
    if (objects.length > 0) this.#maintenance.packsAdded(1)
    return 'landed'
  }

  async #judge(
    objects: readonly GitObject[],
    updates: readonly RefUpdate[],
    words: string,
  ): Promise<'landed' | 'lost'> {
    const verdict = judgeRefusal(objects, updates, await this.refs(updates.map(({ ref }) => ref)))
    if (verdict !== 'error') return verdict
    throw new CommitbaseError('internal', `git refused to move the refs in ${this.folder}: ${words}`)
  }

  /** Says what is about to move. Written in place: half of it fails its checksum, and then nothing has moved yet. */
  async #announce(updates: readonly RefUpdate[]): Promise<void> {
    await writeDurably(join(this.folder, landingFile), formatLanding(updates))
    if (!this.#announced) await syncFolder(this.folder)
    this.#announced = true
  }

  async #syncRefs(updates: readonly RefUpdate[]): Promise<void> {
    const folders = new Set(updates.flatMap(({ ref }) => foldersUpTo(this.folder, ref)))
    await Promise.all([...folders].map((folder) => syncFolder(folder).catch(ignoreMissing)))
  }

  #missing(oid: Oid): never {
    throw new CommitbaseError('not_found', `the repository ${this.folder} has no object ${oid}`)
  }
}

const landingFile = 'commitbase-landing'

function formatLanding(updates: readonly RefUpdate[]): string {
  const text = JSON.stringify(updates)
  return `${hash('sha1', text)} ${text}`
}

function parseLanding(file: string): RefUpdate[] {
  const text = file.slice(41)
  return hash('sha1', text) === file.slice(0, 40) ? JSON.parse(text) : []
}

/** The last ref in a folder takes the folder with it. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
