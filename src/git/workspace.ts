import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import type { DeferredEntry, Fold } from './deferred.ts'
import { BranchHistory } from './history/branchHistory.ts'
import { Landing, type LandingCheckpoint } from './landing.ts'
import { encodeCommit, type Person, treeOf } from './objects/commit.ts'
import { type GitObject, type NewObject, type Oid, wholeObject } from './objects/object.ts'
import { encodeTree } from './objects/tree.ts'
import type { Ledger, RefUpdate, Repository } from './repository.ts'
import type { Soon } from './soon.ts'
import type { Checkpoint } from './trees/undoLog.ts'
import { WorkingTree } from './trees/workingTree.ts'

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
 * else until `land`, which moves all of them together. While what was handed over is landing, the next batch goes on top of it.
 */
export class Workspace {
  readonly #repository: Repository
  readonly #lines = new Map<string, Line>()
  #batch = new Landing()
  /** The batch before, until it is settled. */
  #handedOver: HandedOver | undefined

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
    const line = this.#line(ref)
    return this.#handedOver?.isLanded ? line.next : line.base
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
  commit(ref: string, { message, author, time, beginsAnew }: CommitDetails): Oid | null {
    const line = this.#line(ref)
    const { root, objects } = line.tree.seal(this.#repository.era)
    if (root === (line.root ?? emptyTree.oid)) return null
    for (const object of objects) this.#batch.add(object)
    const parents = line.tip === null || beginsAnew ? [] : [line.tip]
    const commit = encodeCommit({ tree: root, parents, author, time, message })
    this.#batch.add(commit)
    line.root = root
    line.tip = commit.oid
    return commit.oid
  }

  /** Moves a ref that points to no commit (a cursor, a lease) together with the others; `from` is what was read. */
  point(ref: string, from: Oid | null, to: GitObject | null): void {
    this.#batch.point({ ref, from, to: to?.oid ?? null }, to)
  }

  /** Moves a ref to the newest commit of another, those made here included, together with the others; `from` is what was read. */
  follow(ref: string, from: Oid | null, other: string): void {
    this.#batch.point({ ref, from, to: this.tip(other) }, null)
  }

  /** Hands on an entry that finds its place in a ref's tree later; it becomes durable with the batch. */
  defer(entry: DeferredEntry): void {
    this.#batch.defer(entry)
  }

  /** The entry of that key that is not in its ref's tree yet. */
  deferred(key: string): DeferredEntry | undefined {
    return this.#batch.entry(key) ?? this.#handedOver?.landing.entry(key) ?? this.#repository.ledger?.get(key)
  }

  /** The entries that are not in their ref's tree yet, the newest first; those that a later one of their key replaced are left out. */
  *newestDeferred(): Generator<DeferredEntry> {
    const before = this.#handedOver?.landing
    const landed = this.#repository.ledger?.log ?? []
    for (const log of [this.#batch.deferred, before?.deferred ?? [], landed]) {
      for (let at = log.length - 1; at >= 0; at--) {
        const entry = log[at]!
        // What was handed over is in the ledger, too, once it has landed.
        if (log === landed && before?.entry(entry.key) === entry) continue
        if (this.deferred(entry.key) === entry) yield entry
      }
    }
  }

  /** The tree of the ref that entries are deferred for; those that wait to be folded may be missing in it. */
  foldedTree(ref: string): Soon<WorkingTree> {
    return this.#ledgerOf(ref)?.tree() ?? this.tree(ref)
  }

  /** Whether there is anything to hand over. */
  get hasNews(): boolean {
    return this.#batch.deferred.length > 0 || this.#moved().length > 0
  }

  /** Everything as it is now, to go back to when one write of a batch fails. */
  checkpoint(): WorkspaceCheckpoint {
    const lines: LineCheckpoint[] = []
    for (const [ref, { tip, root, tree }] of this.#lines) lines.push({ ref, tip, root, files: tree.checkpoint() })
    return { lines, batch: this.#batch.checkpoint() }
  }

  restore({ lines, batch }: WorkspaceCheckpoint): void {
    for (const { ref, tip, root, files } of lines) {
      const line = this.#line(ref)
      line.tip = tip
      line.root = root
      line.tree.restore(files)
    }
    this.#batch.restore(batch)
  }

  /** What was done so far stays done: nobody goes back to a checkpoint from before. */
  keep(): void {
    for (const { tree } of this.#lines.values()) tree.keep()
    this.#settle()
  }

  /**
   * Makes all commits durable and moves their refs, or none: `lost` when somebody else moved one first. What was deferred is
   * folded into its ref before, where the repository does not do that on its own.
   */
  async land(fold?: Fold): Promise<'landed' | 'lost'> {
    if (fold) await this.fold(fold)
    const outcome = await this.handOver()
    this.keep()
    return outcome
  }

  /** Folds what was deferred into its ref, where the repository does not do that on its own. */
  async fold({ ref, into, beginsAnew, message, author, clock }: Fold): Promise<void> {
    if (this.#repository.ledger || this.#batch.deferred.length === 0) return
    const entries = this.#batch.pending()
    await into(this.tree(ref), entries)
    this.commit(ref, { message, author, time: clock(), beginsAnew: beginsAnew?.(entries) })
    this.#batch.forgetDeferred()
  }

  /**
   * Has what was done so far land, as `land` does; what is done from now on goes on top of it, and is not to be handed over before
   * this has landed. Where it has not, all of that is void: open another.
   */
  async handOver(): Promise<'landed' | 'lost'> {
    this.keep()
    if (this.#handedOver) throw new Error('what was handed over before has not landed')
    const landing = this.#batch
    const updates = this.#moved()
    if (updates.length === 0 && landing.deferred.length === 0) return 'landed'
    this.#batch = new Landing()
    for (const line of this.#lines.values()) line.next = line.tip
    const handedOver: HandedOver = { landing, isLanded: false }
    this.#handedOver = handedOver
    const outcome = await this.#repository.land(landing.objects, updates, landing.pending())
    if (outcome === 'landed') handedOver.isLanded = true
    return outcome
  }

  #moved(): RefUpdate[] {
    const moved: RefUpdate[] = []
    for (const [ref, { base, tip }] of this.#lines) if (tip !== base) moved.push({ ref, from: base, to: tip })
    moved.push(...this.#batch.pointed)
    return moved
  }

  /** What has landed is the repository's. Not while a task runs: what has landed, and what has not, stays the same for it. */
  #settle(): void {
    if (!this.#handedOver?.isLanded) return
    for (const line of this.#lines.values()) {
      line.base = line.next
      line.tree.shrink()
    }
    this.#handedOver = undefined
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
    if (read.length === 0) return
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
      next: tip,
      tip,
      root,
      tree: new WorkingTree(root, read, (oid) => this.#find(oid)),
      history: new BranchHistory({
        tip: () => line.tip,
        landed: () => line.base,
        history,
        read,
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

  #find(oid: Oid): GitObject | undefined {
    const made = this.#madeObject(oid)
    return made ? made.body && made : this.#repository.find?.(oid)
  }

  /** Reads what has landed, and any object that was made here. */
  async #read(oids: readonly Oid[]): Promise<GitObject[]> {
    const missing = oids.filter((oid) => !this.#madeObject(oid))
    if (missing.length === oids.length) return await this.#fetch(oids)
    const fetched = missing.length > 0 ? await this.#fetch(missing) : []
    const found = new Map(fetched.map((object) => [object.oid, object]))
    return await Promise.all(oids.map((oid) => found.get(oid) ?? this.#whole(oid)))
  }

  /** `above`: those that it is a base of. Where it is one of them itself, a folder that is again as it was, the repository has had it before. */
  async #whole(oid: Oid, above: readonly Oid[] = []): Promise<GitObject> {
    const made = above.includes(oid) ? undefined : this.#madeObject(oid)
    // It may have been settled meanwhile.
    if (!made) return (await this.#fetch([oid]))[0]!
    if (made.body) return made
    const base = await this.#whole(made.delta.base, [...above, oid])
    return wholeObject(made, () => base)
  }

  /** An object that is not the repository's yet; of two the first, since what it is a delta of came before it. */
  #madeObject(oid: Oid): NewObject | undefined {
    return this.#handedOver?.landing.object(oid) ?? this.#batch.object(oid)
  }
}

const emptyTree = encodeTree([])

function rootOf(ref: string, { type, body }: GitObject): Oid {
  if (type === 'commit') return treeOf(body)
  throw new CommitbaseError('invalid', `${ref} points to a ${type}, not to a commit; move it or take it away`)
}

interface Line {
  /** What the repository holds. */
  base: Oid | null
  /** Where what was handed over leads it. */
  next: Oid | null
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
  readonly batch: LandingCheckpoint
}

interface HandedOver {
  readonly landing: Landing
  isLanded: boolean
}
