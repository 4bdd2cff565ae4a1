import type { GitOptions } from '../commands/git.ts'
import { gitOutput } from '../commands/gitOutput.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import { readCommitGraph } from './commitGraph.ts'
import type { History, LogEntry, LogQuery } from './history.ts'
import { Lineage } from './lineage.ts'
import { readCuts } from './readCuts.ts'
import { logFormat, readLog } from './readLog.ts'
import { parentsFirst, readLinks, walkLineage } from './walkLineage.ts'

export interface GitHistoryOptions {
  /** The repository that git looks into. */
  readonly folder: string
  readonly options: GitOptions
  readonly read: ReadObjects
  /** Runs before git is asked: whatever leads to the commit must be in the folder then, with the folders of each commit where they are needed. */
  readonly prepare?: (tip: Oid, needed: 'commits' | 'trees') => Promise<void>
}

/** The history of a repository in a folder. Git reads it, fast where it has a commit-graph with the paths that each commit changed. */
export class GitHistory implements History {
  readonly #options: GitHistoryOptions
  #lineage = new Lineage()
  /** As they were when the lineage was begun. */
  #cuts: string | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: GitHistoryOptions) {
    this.#options = options
  }

  lineage(tip: Oid): Promise<Lineage> {
    const carried = this.#last.then(() => this.#carryOn(tip))
    this.#last = carried.catch(() => {})
    return carried
  }

  /** One question for each path: git (up to 2.50 at least) uses what the commit-graph knows of paths for one path alone. */
  async log({ tip, since, paths }: LogQuery): Promise<LogEntry[]> {
    await this.#options.prepare?.(tip, 'trees')
    const range = since === undefined ? [tip] : [tip, `^${since}`]
    const asked = paths.map((path) => this.#ask(range, '--', path.join('/')))
    // Behind `since` git looks at no parent of a merge, and leaves out one that is like the other there.
    if (since !== undefined) asked.push(this.#ask(range, '--merges'))
    const logs = await Promise.all(asked)
    const [first = [], ...others] = logs.filter((entries) => entries.length > 0)
    return others.length === 0 ? first : await this.#merge([first, ...others], tip)
  }

  async prepare(tip: Oid): Promise<void> {
    await this.#options.prepare?.(tip, 'trees')
  }

  /** Which of two logs' commits comes first only the lineage says. */
  async #merge(logs: readonly LogEntry[][], tip: Oid): Promise<LogEntry[]> {
    const lineage = await this.lineage(tip)
    const found = new Map<Oid, LogEntry>()
    for (const entry of logs.flat())
      found.set(entry.commit, { ...entry, changes: [...(found.get(entry.commit)?.changes ?? []), ...entry.changes] })
    return [...found.values()].sort((a, b) => lineage.place(b.commit) - lineage.place(a.commit))
  }

  async #ask(range: readonly string[], ...what: readonly string[]): Promise<LogEntry[]> {
    const args = ['--literal-pathspecs', 'log', '--topo-order', ...logFormat, ...range, ...what]
    const entries: LogEntry[] = []
    for await (const { commit, parents, changes } of readLog(this.#git(args, '\0')))
      if (changes.length > 0 || parents.length > 1) entries.push({ commit, parents, changes })
    return entries
  }

  async #carryOn(tip: Oid): Promise<Lineage> {
    const cuts = await readCuts(this.#options.folder)
    if (cuts === this.#cuts && this.#lineage.count > 0 && (await this.#reaches(tip))) return this.#lineage
    this.#lineage = (await this.#fromGraph(tip)) ?? (await this.#listed(tip))
    this.#cuts = cuts
    return this.#lineage
  }

  /** Where commits do not say themselves which are their parents, only git knows what leads to another one. */
  async #reaches(tip: Oid): Promise<boolean> {
    if (this.#cuts !== undefined) return this.#lineage.tip === tip
    return await walkLineage(this.#lineage, tip, this.#options.read, mostWalked)
  }

  /** From git's commit-graph, and from what is newer. */
  async #fromGraph(tip: Oid): Promise<Lineage | undefined> {
    const { folder, read } = this.#options
    const graph = await readCommitGraph(folder)
    const links = graph && (await readLinks(tip, graph, read, mostWalked))
    if (!links) return undefined
    const lineage = new Lineage()
    const parents = [...links.values()].flatMap(({ parents }) => parents)
    await graph.addTo(lineage, links.size === 0 ? [tip] : parents.filter((oid) => !links.has(oid)))
    for (const link of parentsFirst(tip, links)) lineage.add(link)
    return lineage
  }

  async #listed(tip: Oid): Promise<Lineage> {
    await this.#options.prepare?.(tip, 'commits')
    const lineage = new Lineage()
    const args = ['rev-list', '--topo-order', '--reverse', '--parents', '--timestamp', tip]
    for await (const line of this.#git(args, '\n')) {
      const [time, commit, ...parents] = line.split(' ')
      lineage.add({ commit: commit!, parents, time: Number(time) })
    }
    return lineage
  }

  #git(args: readonly string[], separator: '\n' | '\0'): AsyncGenerator<string> {
    return gitOutput([`--git-dir=${this.#options.folder}`, ...args], separator, this.#options.options)
  }
}

/** More new commits than these are quicker listed by git again. */
const mostWalked = 20_000
