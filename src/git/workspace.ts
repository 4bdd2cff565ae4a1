import { CommitbaseError, codeOf, messageOf } from '../errors.ts'
import { BranchHistory } from './branchHistory.ts'
import { encodeCommit, type Person, parentsOf, treeOf } from './commit.ts'
import type { GitObject, Oid } from './object.ts'
import type { RefUpdate, Repository } from './repository.ts'
import { decodeTree, encodeTree } from './tree.ts'
import { type Checkpoint, WorkingTree } from './workingTree.ts'

export interface CommitDetails {
  readonly message: string
  readonly author: Person
  /** Milliseconds since 1970. */
  readonly time: number
}

/**
 * Several refs of a repository at one moment, and the commits that a batch puts on top of each. Nothing is seen by anybody
 * else until `land`, which moves all of them together.
 */
export class Workspace {
  readonly #repository: Repository
  readonly #lines = new Map<string, Line>()
  readonly #objects = new Map<Oid, GitObject>()
  #pointed = new Map<string, RefUpdate>()
  #hasLeftovers = false

  private constructor(repository: Repository) {
    this.#repository = repository
  }

  /** Looks at the refs as they are now; a ref that does not exist is an empty tree without a commit. */
  static async open(repository: Repository, refs: readonly string[]): Promise<Workspace> {
    const workspace = new Workspace(repository)
    await workspace.#look(refs)
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

  /** The commits behind the ref's newest one, those made here included. */
  history(ref: string): BranchHistory {
    return this.#line(ref).history
  }

  /** Makes one commit of what was written to the ref's files since the last one. Gives its id; nothing where nothing differs. */
  commit(ref: string, details: CommitDetails): Oid | null {
    const line = this.#line(ref)
    const { root, objects } = line.tree.seal()
    if (root === (line.root ?? emptyTree.oid)) return null
    const parents = line.tip === null ? [] : [line.tip]
    const commit = encodeCommit({ ...details, tree: root, parents })
    for (const object of [...objects, commit]) this.#objects.set(object.oid, object)
    line.root = root
    line.tip = commit.oid
    return commit.oid
  }

  /** Moves a ref that points to no commit (a cursor, a lease) together with the others; `from` is what was read. */
  point(ref: string, from: Oid | null, to: GitObject | null): void {
    if (to) this.#objects.set(to.oid, to)
    this.#pointed.set(ref, { ref, from, to: to?.oid ?? null })
  }

  /** Everything as it is now, to go back to when one write of a batch fails. */
  checkpoint(): WorkspaceCheckpoint {
    const lines = [...this.#lines].map(([ref, { tip, root, tree }]) => ({ ref, tip, root, files: tree.checkpoint() }))
    return { lines, pointed: new Map(this.#pointed) }
  }

  restore({ lines, pointed }: WorkspaceCheckpoint): void {
    for (const { ref, tip, root, files } of lines) {
      const line = this.#line(ref)
      line.tip = tip
      line.root = root
      line.tree.restore(files)
    }
    this.#pointed = new Map(pointed)
    this.#hasLeftovers = true
  }

  /** Makes all commits durable and moves their refs, or none: `lost` when somebody else moved one first. */
  async land(): Promise<'landed' | 'lost'> {
    const updates = [...this.#moved()]
    if (updates.length === 0) return 'landed'
    const objects = this.#needed(updates)
    const outcome = await this.#repository.land(objects, updates)
    if (outcome === 'landed') this.#settle(objects)
    return outcome
  }

  /** What was taken back is not landed: only what the new places of the refs lead to. */
  #needed(updates: readonly RefUpdate[]): GitObject[] {
    if (!this.#hasLeftovers) return [...this.#objects.values()]
    const needed = new Map<Oid, GitObject>()
    const next = updates.flatMap(({ to }) => to ?? [])
    for (let oid = next.pop(); oid !== undefined; oid = next.pop()) {
      const object = needed.has(oid) ? undefined : this.#objects.get(oid)
      if (!object) continue
      needed.set(oid, object)
      next.push(...linksOf(object))
    }
    return [...needed.values()]
  }

  *#moved(): Generator<RefUpdate> {
    for (const [ref, line] of this.#lines) if (line.tip !== line.base) yield { ref, from: line.base, to: line.tip }
    yield* this.#pointed.values()
  }

  #settle(landed: readonly GitObject[]): void {
    for (const line of this.#lines.values()) line.base = line.tip
    // What was taken back stays: a folder that got its id then may be in a later commit.
    for (const { oid } of landed) this.#objects.delete(oid)
    this.#pointed.clear()
    this.#hasLeftovers = this.#objects.size > 0
  }

  #line(ref: string): Line {
    const line = this.#lines.get(ref)
    if (!line) throw new Error(`the workspace was not opened with ${ref}`)
    return line
  }

  async #look(refs: readonly string[]): Promise<void> {
    const tips = await this.#repository.refs(refs)
    const commits = await this.#fetch([...new Set(tips.values())])
    const tipObjects = new Map(commits.map((commit) => [commit.oid, commit]))
    for (const ref of refs) {
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
      tree: new WorkingTree(root, read),
      history: new BranchHistory({ tip: () => line.tip, landed: () => line.base, history, read }),
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

  async #read(oids: readonly Oid[]): Promise<GitObject[]> {
    const missing = oids.filter((oid) => !this.#objects.has(oid))
    const fetched = new Map(
      (missing.length > 0 ? await this.#fetch(missing) : []).map((object) => [object.oid, object]),
    )
    return oids.map((oid) => this.#objects.get(oid) ?? fetched.get(oid)!)
  }
}

const emptyTree = encodeTree([])

/** The objects that an object of ours names. */
function linksOf({ type, body }: GitObject): Oid[] {
  if (type === 'commit') return [treeOf(body), ...parentsOf(body)]
  return type === 'tree' ? [...decodeTree(body).values()].map(({ oid }) => oid) : []
}

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

export interface WorkspaceCheckpoint {
  readonly lines: readonly { ref: string; tip: Oid | null; root: Oid | null; files: Checkpoint }[]
  readonly pointed: ReadonlyMap<string, RefUpdate>
}
