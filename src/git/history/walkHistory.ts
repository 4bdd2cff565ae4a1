import { parentsOf, treeOf } from '../objects/commit.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import type { Path } from '../trees/path.ts'
import { diffTrees } from './diffTrees.ts'
import type { FileChange, History, LogEntry, LogQuery } from './history.ts'
import { Lineage } from './lineage.ts'
import { walkLineage } from './walkLineage.ts'

/** The history of a repository whose objects are all at hand: every commit is looked at. */
export function walkHistory(read: ReadObjects): History {
  let last = new Lineage()
  const lineage = async (tip: Oid) => {
    if (await walkLineage(last, tip, read)) return last
    last = new Lineage()
    await walkLineage(last, tip, read)
    return last
  }
  return {
    lineage,
    log: async (query) => await walkLog(query, await lineage(query.tip), read),
    prepare: async () => {},
  }
}

async function walkLog({ tip, since, paths }: LogQuery, lineage: Lineage, read: ReadObjects): Promise<LogEntry[]> {
  const left = since === undefined ? new Set() : lineage.behind(since)
  const entries: LogEntry[] = []
  for (let place = lineage.place(tip); place >= 0; place--) {
    if (left.has(place)) continue
    const entry = await changesOf(lineage.oid(place), paths, read)
    if (entry.changes.length > 0) entries.push(entry)
  }
  return entries
}

/** What a commit changed below the paths: where it differs from each of its parents. */
export async function changesOf(commit: Oid, paths: readonly Path[], read: ReadObjects): Promise<LogEntry> {
  const { body } = (await read([commit]))[0]!
  const parents = await read(parentsOf(body))
  const before = parents.length === 0 ? [null] : parents.map(({ body }) => treeOf(body))
  const [first = [], ...further] = await Promise.all(before.map((tree) => diffTrees(tree, treeOf(body), paths, read)))
  return {
    commit,
    isMerge: further.length > 0,
    changes: first.filter((change) => further.every((changes) => includes(changes, change))),
  }
}

function includes(changes: readonly FileChange[], { path }: FileChange): boolean {
  const name = path.join('/')
  return changes.some((change) => change.path.join('/') === name)
}
