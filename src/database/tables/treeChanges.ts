import { takeBreaths } from '../../git/breath.ts'
import { treeOf } from '../../git/objects/commit.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import { filesIn } from '../../git/objects/treeFiles.ts'
import type { Child, Listing } from '../../git/trees/folder.ts'
import { WorkingTree } from '../../git/trees/workingTree.ts'
import { idDigits } from './tableFolder.ts'

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

/** A record's blob: `null` where it is gone, `unreadable` where no read can say which it is. */
export type RecordBlob = Oid | null | 'unreadable'

/**
 * A record file that differs: its blob now, and whether another file may have the id: only where a folder has files and folders. One
 * in a wrong folder, where nobody finds it by its id, has the folder's name before it (`isMisplaced`).
 */
export type RecordChange = readonly [id: string, blob: RecordBlob, mayBeTwice: boolean]

/** No id has a slash in it. */
export function isMisplaced(id: string): boolean {
  return id.includes('/')
}

/**
 * The record files that differ between two states of a table's folder (`null`: there is none), a folder at a time; nothing is
 * kept in memory. A file that moved to another folder of the table goes in one place and comes in another.
 */
export async function* recordChanges(
  before: Oid | null,
  after: Oid | null,
  read: ReadObjects,
): AsyncGenerator<RecordChange[]> {
  if (before !== after) yield* changesIn([{ digits: '', before, after, isBelowFiles: false }], read)
}

/** A folder in two states, and the digits that lead there. */
interface FolderPair {
  readonly digits: string
  readonly before: Oid | null
  readonly after: Oid | null
  /** Whether there are files beside it, or beside a folder above. */
  readonly isBelowFiles: boolean
}

/** Those folders, and what is in them, a folder after the other. The lists of all of them are fetched together. */
async function* changesIn(pairs: readonly FolderPair[], read: ReadObjects): AsyncGenerator<RecordChange[]> {
  const known = await fetchAll(pairs, read)
  const breath = takeBreaths()
  for (const { digits, before, after, isBelowFiles } of pairs) {
    await breath()
    const is = await listOf(after, known)
    const mayBeTwice = isBelowFiles || is.digitFolders > 0
    const { records, folders } = before === null ? allIn(is) : changedIn(await listOf(before, known), is)
    if (records.length > 0) yield records.map(([id, blob]) => recordIn(digits, id, blob, mayBeTwice))
    const below = folders.map(({ name, ...pair }) => ({
      ...pair,
      digits: digits + name,
      isBelowFiles: isBelowFiles || is.files > 0,
    }))
    if (below.length > 0) yield* changesIn(below, read)
  }
}

function recordIn(digits: string, id: string, blob: RecordBlob, mayBeTwice: boolean): RecordChange {
  return idDigits(id).startsWith(digits) ? [id, blob, mayBeTwice] : [`${digits}/${id}`, blob, false]
}

interface FolderChanges {
  readonly records: (readonly [id: string, blob: RecordBlob])[]
  readonly folders: (Pick<FolderPair, 'before' | 'after'> & { readonly name: string })[]
}

function changedIn(before: Listing, after: Listing): FolderChanges {
  const records: FolderChanges['records'] = []
  const folders: FolderChanges['folders'] = []
  for (const { name, was, is } of changedChildren(before, after)) {
    if (name.startsWith('.')) continue
    if (twoDigits.test(name)) folders.push({ name, before: folderOf(was), after: folderOf(is) })
    else if (name.endsWith(suffix)) records.push([name.slice(0, -suffix.length), blobOf(is)])
  }
  return { records, folders }
}

/** The same of a folder that was not there. */
function allIn(after: Listing): FolderChanges {
  const records: FolderChanges['records'] = []
  for (const { name, oid, isFile } of filesIn(after.body, suffix))
    records.push([name.slice(0, -suffix.length), isFile ? oid : 'unreadable'])
  const folders = after.digitFolders === 0 ? [] : [...after].filter(([name]) => twoDigits.test(name))
  return { records, folders: folders.map(([name, child]) => ({ name, before: null, after: folderOf(child) })) }
}

/** A link or a folder that has a record's name is one that nobody can read. */
function blobOf(child: Child | undefined): RecordBlob {
  if (!child) return null
  return child.kind === 'file' ? child.oid : 'unreadable'
}

const suffix = '.json'
const twoDigits = /^[0-9a-f]{2}$/

async function fetchAll(pairs: readonly FolderPair[], read: ReadObjects): Promise<ReadObjects> {
  const oids = pairs.flatMap(({ before, after }) => [before, after]).filter((oid) => oid !== null)
  const objects = new Map((await read([...new Set(oids)])).map((object) => [object.oid, object]))
  return async (asked) => asked.map((oid) => objects.get(oid)!)
}

/** All that differ, each id once: what moved within the table is where it came to. */
export async function allRecordChanges(before: Oid | null, after: Oid | null, read: ReadObjects) {
  const changes = new Map<string, RecordChange>()
  for await (const some of recordChanges(before, after, read)) {
    for (const change of some) if (change[1] !== null || !changes.has(change[0])) changes.set(change[0], change)
  }
  return [...changes.values()]
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
