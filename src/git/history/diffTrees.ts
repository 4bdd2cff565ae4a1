import type { Oid } from '../objects/object.ts'
import type { ReadObjects } from '../objects/readObjects.ts'
import { decodeTree, isFile, isFolder, type Tree, type TreeEntry } from '../objects/tree.ts'
import type { Path } from '../trees/path.ts'
import type { FileChange } from './history.ts'

/**
 * The files that differ between two trees (`null`: an empty one) at or below the paths. Folders with the same id are not read;
 * links and submodules count as nothing.
 */
export async function diffTrees(
  before: Oid | null,
  after: Oid | null,
  paths: readonly Path[],
  read: ReadObjects,
): Promise<FileChange[]> {
  const changes: FileChange[] = []
  await diffFolders({ before, after }, [], { paths, read, changes })
  return changes
}

interface Search {
  readonly paths: readonly Path[]
  readonly read: ReadObjects
  readonly changes: FileChange[]
}

interface Sides {
  readonly before: Oid | null
  readonly after: Oid | null
}

async function diffFolders(sides: Sides, folder: Path, search: Search): Promise<void> {
  if (sides.before === sides.after) return
  const [before, after] = await readTrees(sides, search.read)
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)]
    if (old?.oid === now?.oid && old?.mode === now?.mode) continue
    const path = [...folder, name]
    if (!concerns(path, search.paths)) continue
    await diffFolders({ before: idOf(old, isFolder), after: idOf(now, isFolder) }, path, search)
    const file = { path, before: idOf(old, isFile), after: idOf(now, isFile) }
    if (file.before !== file.after && isWithin(path, search.paths)) search.changes.push(file)
  }
}

async function readTrees({ before, after }: Sides, read: ReadObjects): Promise<[Tree, Tree]> {
  const oids = [before, after].filter((oid) => oid !== null)
  const trees = new Map((await read(oids)).map(({ oid, body }) => [oid, decodeTree(body)]))
  return [trees.get(before!) ?? noTree, trees.get(after!) ?? noTree]
}

const noTree: Tree = new Map()

function idOf(entry: TreeEntry | undefined, is: (entry: TreeEntry) => boolean): Oid | null {
  return entry && is(entry) ? entry.oid : null
}

/** Whether the path leads to one of those or lies below one. */
function concerns(path: Path, paths: readonly Path[]): boolean {
  return paths.some((wanted) => wanted.every((name, depth) => depth >= path.length || path[depth] === name))
}

function isWithin(path: Path, paths: readonly Path[]): boolean {
  return paths.some((wanted) => wanted.length <= path.length && wanted.every((name, depth) => path[depth] === name))
}
