import { decodeCommit, type ReadCommit, timeOf } from '../objects/commit.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import type { Path } from '../trees/path.ts'
import { WorkingTree } from '../trees/workingTree.ts'
import { diffTrees } from './diffTrees.ts'
import type { FileChange, History, LogEntry } from './history.ts'
import type { Lineage } from './lineage.ts'
import { changesOf } from './walkHistory.ts'

export interface BranchHistoryOptions {
  /** The branch's newest commit, those that a batch has made included; `null` before the first. */
  readonly tip: () => Oid | null
  /** The newest one that the repository has. */
  readonly landed: () => Oid | null
  readonly history: History
  readonly read: ReadObjects
}

/** The past of one branch: what has landed, and on top the commits that the current batch has made so far. */
export class BranchHistory {
  readonly #options: BranchHistoryOptions
  readonly #trees = new Map<Oid, WorkingTree>()

  constructor(options: BranchHistoryOptions) {
    this.#options = options
  }

  get tip(): Oid | null {
    return this.#options.tip()
  }

  /** Whether the commit is the tip or leads to it. */
  async has(commit: Oid): Promise<boolean> {
    if ((await this.#batch()).includes(commit)) return true
    return (await this.lineage())?.has(commit) ?? false
  }

  /** Whether one of its commits is another or leads to it. */
  async isBehind(commit: Oid, newer: Oid): Promise<boolean> {
    const made = await this.#batch()
    const [first, second] = [made.indexOf(commit), made.indexOf(newer)]
    if (second >= 0) return first <= second
    const lineage = await this.lineage()
    if (first >= 0 || !lineage?.has(commit)) return false
    return lineage.only(lineage.place(commit), [lineage.place(newer)]).next().done === true
  }

  /** Says of its commits whether that one leads to them. */
  async descendants(commit: Oid): Promise<(other: Oid) => boolean> {
    const made = await this.#batch()
    const lineage = await this.lineage()
    const place = lineage?.place(commit) ?? -1
    const from = made.indexOf(commit)
    if (!lineage || place < 0) return (other) => from >= 0 && made.indexOf(other) >= from
    const descends = lineage.descendants(place)
    return (other) => descends[lineage.place(other)] === 1 || made.includes(other)
  }

  /** Where the branch was before that commit of its own (see `BranchLine`); `null` where there was nothing. */
  async before(commit: Oid): Promise<Oid | null> {
    const lineage = await this.lineage()
    const place = lineage?.place(commit) ?? -1
    if (place < 0) return (await this.parents(commit))[0] ?? null
    const before = await lineage!.line.before(place, this.#options.read)
    return before < 0 ? null : lineage!.oid(before)
  }

  /** The commit's parents as git has them: none behind the cut of a shallow clone, and others where grafts are. */
  async parents(commit: Oid): Promise<readonly Oid[]> {
    const lineage = await this.lineage()
    const place = lineage?.place(commit) ?? -1
    if (place < 0) return (await this.commit(commit)).parents
    return lineage!.parents(place).map((parent) => lineage!.oid(parent))
  }

  /** At most two of its commits whose ids begin so. */
  async startingWith(prefix: string): Promise<Oid[]> {
    const made = (await this.#batch()).filter((commit) => commit.startsWith(prefix))
    return [...made, ...((await this.lineage())?.startingWith(prefix) ?? [])].slice(0, 2)
  }

  /** The newest commit on the branch's own line that was there in that second (see `BranchLine`). */
  async newestUntil(seconds: number): Promise<Oid | undefined> {
    const { read } = this.#options
    const commits = await read(await this.#batch())
    const newest = commits.findLast(({ body }) => timeOf(body) <= seconds)
    return newest?.oid ?? (await (await this.lineage())?.line.newestUntil(seconds, read))
  }

  /** The commits behind the tip and not behind `since` that changed one of the paths, newest first. */
  async log(paths: readonly Path[], since?: Oid): Promise<LogEntry[]> {
    const made = await this.#batch()
    const from = since === undefined ? -1 : made.indexOf(since)
    const entries: LogEntry[] = []
    for (const commit of made.slice(from + 1).reverse()) {
      const entry = await changesOf(commit, paths, this.#options.read)
      if (entry) entries.push(entry)
    }
    const tip = this.#options.landed()
    if (tip === null || from >= 0) return entries
    return [...entries, ...(await this.#options.history.log({ tip, since, paths }))]
  }

  /** The branch's own line from behind `since` on, oldest first (see `BranchLine`). */
  async lineSince(since?: Oid): Promise<Oid[]> {
    const made = await this.#batch()
    const from = since === undefined ? -1 : made.indexOf(since)
    if (from >= 0) return made.slice(from + 1)
    const lineage = await this.lineage()
    const place = since === undefined ? undefined : lineage?.place(since)
    return [...((await lineage?.line.since(place, this.#options.read)) ?? []), ...made]
  }

  /** The files of a commit; `null` is the state before the first. Those that were looked at last are kept. Nobody writes to them. */
  async tree(commit: Oid | null): Promise<WorkingTree> {
    const { read } = this.#options
    if (commit === null) return new WorkingTree(null, read)
    const known = this.#trees.get(commit)
    const tree = known ?? new WorkingTree((await this.commit(commit)).tree, read)
    this.#trees.delete(commit)
    this.#trees.set(commit, tree)
    if (this.#trees.size > mostTrees) this.#trees.delete(this.#trees.keys().next().value!)
    return tree
  }

  async commit(commit: Oid): Promise<ReadCommit> {
    return (await this.commits([commit]))[0]!
  }

  async commits(commits: readonly Oid[]): Promise<ReadCommit[]> {
    return (await this.#options.read(commits)).map(({ body }) => decodeCommit(body))
  }

  /** The bytes of those blobs, fetched together. */
  async blobs(oids: readonly Oid[]): Promise<Buffer[]> {
    return (await this.#options.read(oids)).map(({ body }) => body)
  }

  /** To be called before many commits are compared: a remote then sends their folders together. */
  async prepare(): Promise<void> {
    const landed = this.#options.landed()
    if (landed !== null) await this.#options.history.prepare(landed)
  }

  /** The files at or below the paths that differ between two commits; `null` is the state before the first. */
  async compare(from: Oid | null, to: Oid, paths: readonly Path[]): Promise<FileChange[]> {
    const before = from === null ? null : (await this.commit(from)).tree
    return await diffTrees(before, (await this.commit(to)).tree, paths, this.#options.read)
  }

  /** The commits that have not landed yet, oldest first; each has one parent. */
  async #batch(): Promise<Oid[]> {
    const { tip, landed, read } = this.#options
    const made: Oid[] = []
    for (let commit = tip(); commit !== null && commit !== landed(); ) {
      made.push(commit)
      const [object] = await read([commit])
      commit = decodeCommit(object!.body).parents[0] ?? null
    }
    return made.reverse()
  }

  /** The commits that have landed; nothing before the first. */
  async lineage(): Promise<Lineage | undefined> {
    const landed = this.#options.landed()
    return landed === null ? undefined : await this.#options.history.lineage(landed)
  }
}

const mostTrees = 4
