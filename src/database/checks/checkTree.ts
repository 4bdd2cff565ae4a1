import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { Child } from '../../git/trees/folder.ts'
import type { Path } from '../../git/trees/path.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { nameProblem, parseBasedir } from '../tables/names.ts'
import { changedChildren } from '../tables/treeChanges.ts'
import { checkRecords, type Problem, type RecordFile } from './checkRecords.ts'
import { checkSettings } from './checkSettings.ts'

/**
 * Checks what differs below the base folder between two trees (`before` is `null` where there was none): tables, records, schemas,
 * and that nothing else lies among them. Folders with the same id are not looked into. A record that sits higher than it should is
 * fine, since it is found; one in a folder of other digits is not.
 */
export async function checkPush(
  before: Oid | null,
  after: Oid,
  basedir: string,
  read: ReadObjects,
): Promise<Problem[]> {
  const base = parseBasedir(basedir)
  const trees = { before: new WorkingTree(before, read), after: new WorkingTree(after, read) }
  for (let depth = 1; depth <= base.length; depth++) {
    const folder = await trees.after.get(base.slice(0, depth))
    if (folder && folder.kind !== 'folder') return [problem(base.slice(0, depth), notAFolder(folder))]
  }
  return await checkBase(trees, base)
}

interface Trees {
  readonly before: WorkingTree
  readonly after: WorkingTree
}

async function checkBase(trees: Trees, base: Path): Promise<Problem[]> {
  const problems: Problem[] = []
  const [old, now] = [await trees.before.list(base), await trees.after.list(base)]
  for (const [name, child] of await changedIn(trees, base)) {
    const path = [...base, name]
    if (child.kind === 'other') problems.push(problem(path, notAFolder(child)))
    if (child.kind !== 'folder' || name.startsWith('.')) continue
    const reason = nameProblem(name) ?? (old.has(name) ? undefined : twinReason(name, [...now.keys()]))
    if (reason) problems.push(problem(path, `a table's name ${reason}`))
    problems.push(...(await checkTable(trees, path)))
  }
  // Among broken records nobody can look for two that are the same.
  return problems.length > 0 ? problems : await checkSettings(trees, base)
}

async function checkTable(trees: Trees, table: Path): Promise<Problem[]> {
  const problems: Problem[] = []
  const files: RecordFile[] = []
  await collect(trees, table, table, files, problems)
  return [...problems, ...(await checkRecords(trees.after, table, files))]
}

/** Gathers the record files that changed in a folder of a table and below, and what does not belong there. */
async function collect(
  trees: Trees,
  table: Path,
  folder: Path,
  files: RecordFile[],
  problems: Problem[],
): Promise<void> {
  for (const [name, child] of await changedIn(trees, folder)) {
    const path = [...folder, name]
    if (child.kind === 'other') problems.push(problem(path, notAFolder(child)))
    else if (name.startsWith('.')) continue
    else if (child.kind === 'folder' && /^[0-9a-f]{2}$/.test(name)) await collect(trees, table, path, files, problems)
    else if (child.kind === 'file' && name.endsWith('.json'))
      files.push({ path, id: name.slice(0, -'.json'.length), oid: child.oid })
    else
      problems.push(
        problem(path, `only records (<_id>.json) and their folders of two digits live in a table; put it elsewhere`),
      )
  }
}

/** What is new or different in a folder. */
async function changedIn({ before, after }: Trees, path: Path): Promise<[string, Child][]> {
  const changed = changedChildren(await before.list(path), await after.list(path))
  return changed.flatMap(({ name, is }) => (is ? [[name, is] as [string, Child]] : []))
}

function twinReason(name: string, names: readonly string[]): string | undefined {
  const twin = names.find((other) => other !== name && other.toLowerCase() === name.toLowerCase())
  return twin === undefined ? undefined : `must not differ only in case from another's: '${twin}'; choose another name`
}

function notAFolder(child: Child): string {
  if (child.kind === 'file') return 'must be a folder; it is a file'
  const isLink = child.kind === 'other' && child.mode === '120000'
  return `${isLink ? 'symbolic links' : 'submodules'} are not allowed among records; remove it`
}

function problem(path: Path, reason: string): Problem {
  return { path: path.join('/'), reason }
}
