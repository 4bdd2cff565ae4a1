import { parentsOf, treeOf } from '../objects/commit.ts'
import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import type { Path } from '../trees/path.ts'
import { diffTrees } from './diffTrees.ts'
import type { History, LogEntry, LogQuery } from './history.ts'
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
  const left = since === undefined ? [] : [lineage.place(since)]
  const entries: LogEntry[] = []
  for (const place of lineage.only(lineage.place(tip), left)) {
    const entry = await changesOf(lineage.oid(place), paths, read)
    if (entry) entries.push(entry)
  }
  return entries
}

/** What a commit changed at or below the paths; nothing where it differs there from no parent. */
export async function changesOf(commit: Oid, paths: readonly Path[], read: ReadObjects): Promise<LogEntry | undefined> {
  const { body } = (await read([commit]))[0]!
  const parents = parentsOf(body)
  const before = parents.length === 0 ? [null] : (await read(parents)).map(({ body }) => treeOf(body))
  const changes = await Promise.all(before.map((tree) => diffTrees(tree, treeOf(body), paths, read)))
  if (changes.every(({ length }) => length === 0)) return undefined
  return { commit, parents, changes: parents.length > 1 ? [] : changes[0]! }
}
