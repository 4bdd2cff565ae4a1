import { treeOf } from '../git/commit.ts'
import type { Oid } from '../git/object.ts'
import { type Child, type ReadObjects, WorkingTree } from '../git/workingTree.ts'

/** What a folder holds, by name. */
type Listing = Iterable<readonly [string, Child]> & { get(name: string): Child | undefined; has(name: string): boolean }

/** A name whose content differs between two states of a folder; what is missing was not there, or is gone. */
export interface ChangedChild {
  readonly name: string
  readonly was?: Child
  readonly is?: Child
}

/** What differs between two listings of a folder. Folders with the same id are the same. */
export function changedChildren(before: Listing, after: Listing): ChangedChild[] {
  const changed: ChangedChild[] = []
  for (const [name, is] of after) {
    const was = before.get(name)
    if (idOf(is) !== idOf(was)) changed.push({ name, was, is })
  }
  for (const [name, was] of before) if (!after.has(name)) changed.push({ name, was })
  return changed
}

/** A record file that differs: its blob now, `null` where it is gone. */
export type RecordChange = readonly [id: string, blob: Oid | null]

/**
 * The record files that differ between two states of a table's folder (`null`: there is none), a folder at a time; nothing is
 * kept in memory. A file that moved to another folder of the table goes in one place and comes in another.
 */
export async function* recordChanges(
  before: Oid | null,
  after: Oid | null,
  read: ReadObjects,
): AsyncGenerator<RecordChange[]> {
  if (before === after) return
  const changes: RecordChange[] = []
  const folders: ChangedChild[] = []
  for (const change of changedChildren(await listOf(before, read), await listOf(after, read))) {
    const { name, was, is } = change
    if (name.startsWith('.')) continue
    if (/^[0-9a-f]{2}$/.test(name)) folders.push(change)
    else if (name.endsWith('.json') && (was?.kind === 'file' || is?.kind === 'file'))
      changes.push([name.slice(0, -'.json'.length), is?.kind === 'file' ? is.oid : null])
  }
  if (changes.length > 0) yield changes
  for (const { was, is } of folders) yield* recordChanges(folderOf(was), folderOf(is), read)
}

/** All that differ, each id once: what moved within the table is where it came to. */
export async function allRecordChanges(before: Oid | null, after: Oid | null, read: ReadObjects) {
  const changes = new Map<string, Oid | null>()
  for await (const some of recordChanges(before, after, read)) {
    for (const [id, blob] of some) if (blob !== null || !changes.has(id)) changes.set(id, blob)
  }
  return changes
}

/** The tree of a commit; `null` for none. */
export async function rootOf(commit: Oid | null, read: ReadObjects): Promise<Oid | null> {
  if (commit === null) return null
  const [object] = await read([commit])
  return treeOf(object!.body)
}

/** The id of a folder in a tree, by its path; `null` where there is none. */
export async function folderAt(root: Oid | null, path: readonly string[], read: ReadObjects): Promise<Oid | null> {
  return root === null ? null : folderOf(await new WorkingTree(root, read).get(path))
}

function folderOf(child: Child | undefined): Oid | null {
  return child?.kind === 'folder' ? child.folder.oid : null
}

async function listOf(folder: Oid | null, read: ReadObjects): Promise<Listing> {
  return await new WorkingTree(folder, read).list([])
}

function idOf(child: Child | undefined): string | undefined {
  if (!child) return undefined
  return child.kind === 'folder' ? `folder ${child.folder.oid}` : `${child.mode} ${child.oid}`
}
