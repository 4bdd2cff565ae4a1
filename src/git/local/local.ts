import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CommitbaseError } from '../../errors.ts'
import { step } from '../../step.ts'
import { takeBreaths } from '../breath.ts'
import type { Environment, GitOptions } from '../commands/git.ts'
import { ObjectReader } from '../commands/objectReader.ts'
import type { DeferredEntry, Fold } from '../deferred.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { GitHistory } from '../history/gitHistory.ts'
import type { History } from '../history/history.ts'
import { ObjectCache } from '../objectCache.ts'
import { checkOid, type GitObject, type NewObject, type Oid, wholeObjects } from '../objects/object.ts'
import type { PackPart } from '../packs/growingPack.ts'
import { finishPack } from '../packs/pack.ts'
import { placeKept, releasePacks, writePack } from '../packs/packFolder.ts'
import { PackStore } from '../packs/packStore.ts'
import { openPackThread } from '../packs/packThread.ts'
import { checkRefName, isNamed, type Ledger, type RefUpdate, type Repository } from '../repository.ts'
import { Turns } from '../turns.ts'
import { Ahead } from './ahead.ts'
import { endOrphans } from './endOrphans.ts'
import { prepareFolder } from './localFolder.ts'
import { moveRefs } from './moveRefs.ts'
import { findOwner, type Ownership } from './owner.ts'
import { recoverAhead } from './recoverAhead.ts'
import { RefsOnDisk } from './refsOnDisk.ts'
import { Sealer } from './sealer.ts'
import { SealTimer } from './sealTimer.ts'
import { Upkeep } from './upkeep.ts'

export interface LocalOptions {
  /** The branch that HEAD names in a new repository (default: `main`). In one that is there: the branch to use instead of HEAD's. */
  readonly branch?: string
  /** Whether a folder that is missing or empty becomes a repository (default: yes). */
  readonly create?: boolean
  /** From a door: the environment of git's processes. */
  readonly environment?: Environment
  /** From `takeOwnership`: nobody else moves refs, so that a landing is one write to the ahead-file. Without it, each is a pack and the refs. */
  readonly ownership?: Ownership
  /** How what tasks defer gets into its ref; only an owner defers. */
  readonly fold?: Fold
  /** What changes the folder (default: the disk). */
  readonly files?: Files
  /** Told of what failed in the background; it is tried again. */
  readonly onTrouble?: (error: unknown) => void
}

/**
 * Opens a bare repository in a folder, and makes it where there is none. What an owner lands is durable in the ahead-file first,
 * and sealed into packs and refs a moment later (`seal`). Anybody may read the folder meanwhile: a clone, `git http-backend`.
 *
 * Throws `not_found` where nothing is there and `create` is false, `invalid` where something else is, `internal` where what was
 * acknowledged cannot be read.
 */
export async function openLocal(folder: string, options: LocalOptions = {}): Promise<LocalRepository> {
  const root = resolve(folder)
  // Our own processes need not ask the hook that keeps others out.
  const hooks = options.ownership ? { 'core.hooksPath': '/dev/null' } : undefined
  const gitOptions: GitOptions = { environment: options.environment, config: hooks }
  await prepareFolder(root, options, gitOptions)
  const repository = new LocalRepository(root, options, gitOptions)
  try {
    await repository.recover()
    return repository
  } catch (error) {
    await repository.close().catch(() => {})
    throw error
  }
}

export class LocalRepository implements Repository {
  readonly folder: string
  readonly history: History
  /** What has landed and is not folded yet: an owner's alone. */
  readonly ledger: Ledger | undefined
  readonly #options: LocalOptions
  readonly #files: Files
  readonly #reader: ObjectReader
  readonly #packsFolder: string
  readonly #packs: PackStore
  readonly #thread = openPackThread()
  readonly #upkeep: Upkeep
  readonly #cache = new ObjectCache(32 << 20)
  readonly #turns = new Turns()
  readonly #ahead: Ahead | undefined
  readonly #sealer: Sealer | undefined
  readonly #refs: RefsOnDisk
  readonly #timer: SealTimer | undefined
  #isClosing = false

  constructor(folder: string, options: LocalOptions, gitOptions: GitOptions) {
    this.folder = folder
    const prepare = () => this.seal()
    this.history = new GitHistory({ folder, options: gitOptions, read: (oids) => this.read(oids), prepare })
    this.#options = options
    this.#files = options.files ?? nodeFiles
    this.#reader = new ObjectReader(folder, gitOptions)
    this.#packsFolder = join(folder, 'objects', 'pack')
    this.#packs = new PackStore(this.#packsFolder)
    this.#upkeep = new Upkeep(folder, gitOptions, options.onTrouble)
    this.#refs = new RefsOnDisk(folder, gitOptions, options.ownership !== undefined)
    if (!options.ownership) return
    this.#ahead = new Ahead(folder, this.#files, (oids) => this.read(oids))
    this.#sealer = this.#createSealer(this.#ahead)
    this.#timer = this.#createTimer(this.#ahead, this.#sealer)
    this.ledger = options.fold && this.#openLedger(options.fold, this.#ahead, this.#sealer)
  }

  get era(): number | undefined {
    return this.#ahead?.last.number
  }

  async head(): Promise<string> {
    if (this.#options.branch !== undefined) return `refs/heads/${this.#options.branch}`
    const text = await readFile(join(this.folder, 'HEAD'), 'utf8')
    const [, ref] = /^ref: (refs\/heads\/\S+)\s*$/.exec(text) ?? []
    if (ref) return ref
    throw new CommitbaseError('invalid', `HEAD of ${this.folder} names no branch but '${text.trim()}'; set it to one`)
  }

  async refs(names: readonly string[]): Promise<Map<string, Oid>> {
    const refs = await this.#refs.read(names)
    for (const [ref, oid] of this.#ahead?.refs ?? []) {
      if (!isNamed(ref, names)) continue
      if (oid === null) refs.delete(ref)
      else refs.set(ref, oid)
    }
    return refs
  }

  async read(oids: readonly Oid[]): Promise<GitObject[]> {
    const only = oids.length === 1 ? this.find(oids[0]!) : undefined
    return only ? [only] : await this.#readAll(oids)
  }

  find(oid: Oid): GitObject | undefined {
    const known = this.#findInMemory(oid)
    if (known) return known
    const object = this.#packs.read(oid)
    if (object) this.#cache.add(object)
    return object
  }

  async #readAll(oids: readonly Oid[]): Promise<GitObject[]> {
    const found = new Map<Oid, GitObject>()
    const missing: Oid[] = []
    const breath = takeBreaths()
    const isMany = oids.length > few
    for (const oid of oids) {
      const object = found.get(oid) ?? (isMany ? this.#findInMemory(oid) : this.find(oid))
      if (object) found.set(oid, object)
      else missing.push(checkOid(oid))
      const pause = breath()
      if (pause) await pause
    }
    const rest = isMany
      ? await this.#packs.readMany([...new Set(missing)], (object) => found.set(object.oid, object))
      : missing
    // Loose objects, alternates, a pack that came this moment: git knows.
    for (const object of await this.#reader.read([...new Set(rest)])) if (object) found.set(object.oid, object)
    return oids.map((oid) => found.get(oid) ?? this.#missing(oid))
  }

  async land(
    objects: readonly NewObject[],
    updates: readonly RefUpdate[],
    deferred: readonly DeferredEntry[] = [],
  ): Promise<'landed' | 'lost'> {
    // One that has moved since the last seal was looked at then.
    for (const { ref } of updates) if (!this.#ahead?.refs.has(ref)) checkRefName(ref)
    if (!this.#ahead) return await this.#turns.take(() => this.#landAtOnce(objects, updates))
    if (this.#ahead.size > mostAhead) await this.seal()
    const outcome = await this.#ahead.land(objects, updates, deferred, (names) => this.#refs.read(names))
    if (outcome === 'landed') this.#timer!.start()
    return outcome
  }

  /** Resolves when git's own processes see all that has landed. */
  async seal(): Promise<void> {
    await this.#timer?.seal()
  }

  /** Resolves when git's own processes see what landed with the deferred entry of that key. */
  async sealEntry(key: string): Promise<void> {
    if (this.#ahead?.deferred(key)) await this.seal()
  }

  /** Runs what may move refs itself, such as a push, while nobody lands anything: what was known of refs is forgotten. */
  async lend<T>(action: () => Promise<T>): Promise<T> {
    await this.seal()
    await this.#ahead?.forgetSealed()
    step('push.lent')
    try {
      return await this.#refs.lend(action)
    } finally {
      step('push.taken')
      await this.#sealer?.refresh()
    }
  }

  /** What only an owner does: takes up what one before it had acknowledged when it was killed. */
  async recover(): Promise<void> {
    if (this.#ahead) {
      await endOrphans(this.folder)
      await this.#sealer!.refresh()
      await recoverAhead(this.folder, this.#ahead, (names) => this.#refs.read(names))
      step('ahead.takenUp')
      await this.seal()
      await releasePacks(this.#packsFolder, new Set([...this.#ahead.needed, ...this.#sealer!.held]), this.#files)
    }
    const packs = await readdir(join(this.folder, 'objects', 'pack'))
    this.#upkeep.packsAdded(packs.filter((name) => name.endsWith('.pack')).length)
  }

  async close(): Promise<void> {
    this.#timer?.close()
    this.#isClosing = true
    await doAll([
      () => this.seal(),
      () => this.#turns.take(async () => {}),
      () => this.#ahead?.close(this.#files, this.folder),
      () => this.#ahead?.isEmpty && releasePacks(this.#packsFolder, new Set(), this.#files),
      () => this.#packs.close(),
      () => Promise.all([this.#reader.close(), this.#upkeep.close(), this.#thread.close()]),
    ])
  }

  async #landAtOnce(objects: readonly NewObject[], updates: readonly RefUpdate[]): Promise<'landed' | 'lost'> {
    const owner = await findOwner(this.folder)
    if (owner) {
      const where = owner.address ? ` at ${owner.address}` : ''
      const words = `the repository at ${this.folder} is in use by process ${owner.pid}${where}`
      throw new CommitbaseError('unavailable', `${words}; write to it through that process, or end it first`)
    }
    const whole = await wholeObjects(objects, (oids) => this.read(oids))
    await writePack(this.folder, whole, this.#files)
    if ((await moveRefs(this.folder, updates, this.#files)) === 'lost') return 'lost'
    if (whole.length > 0) this.#upkeep.packsAdded(1)
    return 'landed'
  }

  #findInMemory(oid: Oid): GitObject | undefined {
    return this.#ahead?.read(oid) ?? this.#sealer?.read(oid) ?? this.#cache.get(oid)
  }

  #createSealer(ahead: Ahead): Sealer {
    return new Sealer({
      folder: this.folder,
      ahead,
      files: this.#files,
      placePack: (part) => this.#placePack(part),
      fold: this.#options.fold,
      read: (oids) => this.read(oids),
      find: (oid) => this.find(oid),
      onDisk: (names) => this.#refs.read(names),
      onMoved: (updates) => this.#refs.moved(updates),
      onHalfMoved: () => this.#refs.forget(),
      onPack: (count) => this.#upkeep.packsAdded(count),
      onTrouble: this.#options.onTrouble,
    })
  }

  /** A small pack is written before it would have been handed to a thread. In the end nobody is left for whom the thread would give way. */
  async #placePack(part: PackPart): Promise<string> {
    const isForThread = this.#options.files === undefined && part.size > largestHere && !this.#isClosing
    if (isForThread) return await this.#thread.run({ folder: this.#packsFolder, part })
    return await placeKept(this.#packsFolder, finishPack(part), this.#files)
  }

  #openLedger({ ref }: Fold, ahead: Ahead, sealer: Sealer): Ledger {
    return {
      ref,
      tree: () => sealer.tree(),
      get log() {
        return ahead.log
      },
      get: (key) => ahead.deferred(key),
    }
  }

  #createTimer(ahead: Ahead, sealer: Sealer): SealTimer {
    return new SealTimer({
      seal: () => sealer.seal(),
      growing: () => ahead.growing,
      isNeeded: () => !ahead.isEmpty,
      onTrouble: this.#options.onTrouble,
    })
  }

  #missing(oid: Oid): never {
    throw new CommitbaseError('not_found', `the repository ${this.folder} has no object ${oid}`)
  }
}

/** Does each in its turn, also where one before it has failed; throws what failed first. */
async function doAll(actions: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const action of actions) {
    try {
      await action()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** More objects than these are read in the order in which they lie, and not kept: a scan would push out all else. */
const few = 200

/** Bytes of a pack that is finished in this thread. */
const largestHere = 256 << 10

/** Bytes that may wait to be sealed; more, and the next landing waits for a seal. */
const mostAhead = 256 << 20
