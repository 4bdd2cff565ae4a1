import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { refuseStoredDuplicates } from '../index/unique.ts'
import { type DatabaseSettings, readSettings, settingsFile } from '../tables/settings.ts'
import { changedChildren } from '../tables/treeChanges.ts'
import { attempt } from './attempt.ts'
import type { Problem } from './checkRecords.ts'

interface Trees {
  readonly before: WorkingTree
  readonly after: WorkingTree
}

/** What is wrong with the settings as they are now, and with the records that their unique indexes are about, where either changed. */
export async function checkSettings({ before, after }: Trees, base: Path): Promise<Problem[]> {
  const [settings, reason] = await attempt(async () => after.now(() => readSettings(after, base)))
  if (reason !== undefined) return [{ path: [...base, settingsFile].join('/'), reason }]
  const earlier = await attempt(async () => before.now(() => readSettings(before, base)))
  const changed = new Set(changedChildren(await before.list(base), await after.list(base)).map(({ name }) => name))
  const problems: Problem[] = []
  for (const name of settings!.indexes.keys()) {
    if (!changed.has(name) && uniqueIn(settings, name) === uniqueIn(earlier[0], name)) continue
    const [, duplicates] = await attempt(() => refuseStoredDuplicates(after, base, name))
    if (duplicates !== undefined) problems.push({ path: [...base, name].join('/'), reason: duplicates })
  }
  return problems
}

function uniqueIn(settings: DatabaseSettings | undefined, table: string): string {
  return JSON.stringify((settings?.indexes.get(table) ?? []).filter(({ unique }) => unique))
}
