import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import type { DeferredEntry, Fold } from './deferred.ts'
import { BranchHistory } from './history/branchHistory.ts'
import { encodeCommit, type Person, treeOf } from './objects/commit.ts'
import { type GitObject, type NewObject, type Oid, wholeObject } from './objects/object.ts'
import { encodeTree } from './objects/tree.ts'
import type { Ledger, RefUpdate, Repository } from './repository.ts'
import { type Checkpoint, type Soon, WorkingTree } from './trees/workingTree.ts'

export interface CommitDetails {
  readonly message: string
  readonly author: Person
  /** Milliseconds since 1970. */
  readonly time: number
  /** Whether the commit has no parent: what was before it is given up. */
  readonly beginsAnew?: boolean
}

/**
 * Several refs of a repository at one moment, and the commits that a batch puts on top of each. Nothing is seen by anybody
 * else until `land`, which moves all of them together.
 */
export class Workspace {
  readonly #repository: Repository
  readonly #lines = new Map<string, Line>()
  #objects: NewObject[] = []
  readonly #blobs = new Map<Oid, GitObject>()
  #pointed = new Map<string, RefUpdate>()
  #deferred: DeferredEntry[] = []
  readonly #latest = new Map<string, DeferredEntry>()

  private constructor(repository: Repository) {
    this.#repository = repository
  }

  /**
   * Looks at the refs as they are now, or at what somebody has `seen` of them; a ref that does not exist is an empty tree
   * without a commit.
   */
  static async open(
    repository: Repository,
    refs: readonly string[],
    seen?: ReadonlyMap<string, Oid>,
  ): Promise<Workspace> {
    const workspace = new Workspace(repository)
    await workspace.#look(refs, seen)
    return workspace
  }

  /** The files of the ref, with what was written to them here. */
  tree(ref: string): WorkingTree {
    return this.#line(ref).tree
  }

  /** The ref's newest commit, those made here included; nothing where it does not exist. */
  tip(ref: string): Oid | null {
    return this.#line(ref).tip
  }

  /** The ref's newest commit that has landed. */
  landed(ref: string): Oid | null {
    return this.#line(ref).base
  }

  /** The commits behind the ref's newest one, those made here included. */
  history(ref: string): BranchHistory {
    return this.#line(ref).history
  }

  /** Whether its refs are still what was looked at. */
  isCurrent(seen: ReadonlyMap<string, Oid>): boolean {
    return [...this.#lines].every(([ref, { base }]) => (seen.get(ref) ?? null) === base)
  }

  /** Makes one commit of what was written to the ref's files since the last one. Gives its id; nothing where nothing differs. */
  commit(ref: string, { beginsAnew, ...details }: CommitDetails): Oid | null {
    const line = this.#line(ref)
    const { root, objects } = line.tree.seal(this.#repository.era)
    if (root === (line.root ?? emptyTree.oid)) return null
    this.#add(objects)
    const parents = line.tip === null || beginsAnew ? [] : [line.tip]
    const commit = encodeCommit({ ...details, tree: root, parents })
    this.#objects.push(commit)
    line.root = root
    line.tip = commit.oid
    return commit.oid
  }

  /** Moves a ref that points to no commit (a cursor, a lease) together with the others; `from` is what was read. */
  point(ref: string, from: Oid | null, to: GitObject | null): void {
    if (to) this.#objects.push(to)
    this.#pointed.set(ref, { ref, from, to: to?.oid ?? null })
  }

  /** Moves a ref to the newest commit of another, those made here included, together with the others; `from` is what was read. */
  follow(ref: string, from: Oid | null, other: string): void {
    this.#pointed.set(ref, { ref, from, to: this.tip(other) })
  }

  /** Hands on an entry that finds its place in a ref's tree later; it becomes durable with the batch. */
  defer(entry: DeferredEntry): void {
    this.#deferred.push(entry)
    this.#latest.set(entry.key, entry)
  }

  /** The entry of that key that is not in its ref's tree yet. */
  deferred(key: string): DeferredEntry | undefined {
    return this.#latest.get(key) ?? this.#repository.ledger?.get(key)
  }

  /** The entries that are not in their ref's tree yet, the newest first; those that a later one of their key replaced are left out. */
  *newestDeferred(): Generator<DeferredEntry> {
    for (const log of [this.#deferred, this.#repository.ledger?.log ?? []]) {
      for (let at = log.length - 1; at >= 0; at--) {
        const entry = log[at]!
        if (this.deferred(entry.key) === entry) yield entry
      }
    }
  }

  /** What was deferred in this batch: the last of each key is the one that counts. */
  #pending(): DeferredEntry[] {
    if (this.#latest.size === this.#deferred.length) return this.#deferred
    return this.#deferred.filter((entry) => this.#latest.get(entry.key) === entry)
  }

  /** The tree of the ref that entries are deferred for; those that wait to be folded may be missing in it. */
  foldedTree(ref: string): Soon<WorkingTree> {
    return this.#ledgerOf(ref)?.tree() ?? this.tree(ref)
  }

  /** Everything as it is now, to go back to when one write of a batch fails. */
  checkpoint(): WorkspaceCheckpoint {
    const lines: LineCheckpoint[] = []
    for (const [ref, { tip, root, tree }] of this.#lines) lines.push({ ref, tip, root, files: tree.checkpoint() })
    const pointed = this.#pointed.size > 0 ? new Map(this.#pointed) : nothingPointed
    return { lines, objects: this.#objects.length, pointed, deferred: this.#deferred.length }
  }

  restore({ lines, objects, pointed, deferred }: WorkspaceCheckpoint): void {
    for (const { ref, tip, root, files } of lines) {
      const line = this.#line(ref)
      line.tip = tip
      line.root = root
      line.tree.restore(files)
    }
    this.#takeBack(objects)
    this.#pointed = new Map(pointed)
    if (this.#deferred.length === deferred) return
    this.#deferred.length = deferred
    this.#latest.clear()
    for (const entry of this.#deferred) this.#latest.set(entry.key, entry)
  }

  /** What was done so far stays done: nobody goes back to a checkpoint from before. */
  keep(): void {
    for (const { tree } of this.#lines.values()) tree.keep()
  }

  /**
   * Makes all commits durable and moves their refs, or none: `lost` when somebody else moved one first. What was deferred is
   * folded into its ref before, where the repository does not do that on its own.
   */
  async land(fold?: Fold): Promise<'landed' | 'lost'> {
    if (fold && this.#deferred.length > 0 && !this.#repository.ledger) await this.#fold(fold)
    const updates = [...this.#moved()]
    if (updates.length === 0 && this.#deferred.length === 0) return 'landed'
    const outcome = await this.#repository.land(this.#objects, updates, this.#pending())
    if (outcome === 'landed') this.#settle()
    return outcome
  }

  async #fold({ ref, into, beginsAnew, message, author, clock }: Fold): Promise<void> {
    const entries = this.#pending()
    await into(this.tree(ref), entries)
    this.commit(ref, { message, author, time: clock(), beginsAnew: beginsAnew?.(entries) })
    this.#forgetDeferred()
  }

  *#moved(): Generator<RefUpdate> {
    for (const [ref, line] of this.#lines) if (line.tip !== line.base) yield { ref, from: line.base, to: line.tip }
    yield* this.#pointed.values()
  }

  #takeBack(kept: number): void {
    if (this.#objects.length === kept) return
    const rest = this.#objects.slice(0, kept)
    this.#objects = []
    this.#blobs.clear()
    this.#add(rest)
  }

  #add(objects: readonly NewObject[]): void {
    for (const object of objects) {
      this.#objects.push(object)
      if (object.type === 'blob') this.#blobs.set(object.oid, object as GitObject)
    }
  }

  #settle(): void {
    for (const line of this.#lines.values()) {
      line.base = line.tip
      line.tree.keep()
      line.tree.shrink()
    }
    this.#objects = []
    this.#blobs.clear()
    this.#pointed = new Map()
    this.#forgetDeferred()
  }

  #forgetDeferred(): void {
    this.#deferred = []
    this.#latest.clear()
  }

  /** The ledger where it is about that ref: then nobody but the repository itself moves the ref. */
  #ledgerOf(ref: string): Ledger | undefined {
    const { ledger } = this.#repository
    return ledger?.ref === ref ? ledger : undefined
  }

  #line(ref: string): Line {
    const line = this.#lines.get(ref)
    if (!line) throw new Error(`the workspace was not opened with ${ref}`)
    return line
  }

  async #look(refs: readonly string[], seen?: ReadonlyMap<string, Oid>): Promise<void> {
    const read = refs.filter((ref) => !this.#ledgerOf(ref))
    const tips = seen ?? (await this.#repository.refs(read))
    const commits = await this.#fetch([...new Set(read.map((ref) => tips.get(ref)).filter((tip) => tip !== undefined))])
    const tipObjects = new Map(commits.map((commit) => [commit.oid, commit]))
    for (const ref of read) {
      const tip = tips.get(ref) ?? null
      const root = tip === null ? null : rootOf(ref, tipObjects.get(tip)!)
      this.#lines.set(ref, this.#lineOf(tip, root))
    }
  }

  #lineOf(tip: Oid | null, root: Oid | null): Line {
    const read = (oids: readonly Oid[]) => this.#read(oids)
    const { history } = this.#repository
    const line: Line = {
      base: tip,
      tip,
      root,
      tree: new WorkingTree(root, read, (oid) => this.#blobs.get(oid) ?? this.#repository.find?.(oid)),
      history: new BranchHistory({
        tip: () => line.tip,
        landed: () => line.base,
        history,
        read: (oids) => this.#readMade(oids),
      }),
    }
    return line
  }

  /** What a ref or a tree names and is not there is damage: it must not look like an answer that somebody asked for in vain. */
  async #fetch(oids: readonly Oid[]): Promise<GitObject[]> {
    try {
      return await this.#repository.read(oids)
    } catch (error) {
      if (codeOf(error) !== 'not_found') throw error
      throw new CommitbaseError('internal', `the repository is damaged: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Reads what has landed, and any object that was made here. */
  async #readMade(oids: readonly Oid[]): Promise<GitObject[]> {
    const made = new Map(this.#objects.map((object) => [object.oid, object]))
    const missing = oids.filter((oid) => !made.has(oid))
    const landed = new Map((await this.#fetch(missing)).map((object) => [object.oid, object]))
    const wholeOf = async (oid: Oid): Promise<GitObject> => {
      const object = made.get(oid)
      if (object?.body) return object
      if (!object) return landed.get(oid) ?? (await this.#fetch([oid]))[0]!
      const base = await wholeOf(object.delta.base)
      return wholeObject(object, () => base)
    }
    return await Promise.all(oids.map(wholeOf))
  }

  async #read(oids: readonly Oid[]): Promise<GitObject[]> {
    const first = this.#blobs.get(oids[0]!)
    if (oids.length === 1) return first ? [first] : await this.#fetch(oids)
    const missing = oids.filter((oid) => !this.#blobs.has(oid))
    const fetched = new Map(
      (missing.length > 0 ? await this.#fetch(missing) : []).map((object) => [object.oid, object]),
    )
    return oids.map((oid) => this.#blobs.get(oid) ?? fetched.get(oid)!)
  }
}

const nothingPointed: ReadonlyMap<string, RefUpdate> = new Map()

const emptyTree = encodeTree([])

function rootOf(ref: string, { type, body }: GitObject): Oid {
  if (type === 'commit') return treeOf(body)
  throw new CommitbaseError('invalid', `${ref} points to a ${type}, not to a commit; move it or take it away`)
}

interface Line {
  /** What the repository holds. */
  base: Oid | null
  tip: Oid | null
  root: Oid | null
  readonly tree: WorkingTree
  readonly history: BranchHistory
}

interface LineCheckpoint {
  readonly ref: string
  readonly tip: Oid | null
  readonly root: Oid | null
  readonly files: Checkpoint
}

export interface WorkspaceCheckpoint {
  readonly lines: readonly LineCheckpoint[]
  readonly objects: number
  readonly pointed: ReadonlyMap<string, RefUpdate>
  readonly deferred: number
}
