import { isUtf8 } from 'node:buffer'
import { CommitbaseError } from '../../errors.ts'
import { type GitObject, makeObject, type Oid } from './object.ts'

/** Octal modes as git writes them: a file, an executable, a link, a folder, a submodule. */
export type Mode = '100644' | '100755' | '120000' | '40000' | '160000'

export interface TreeEntry {
  readonly name: string
  readonly mode: Mode
  readonly oid: Oid
}

/** A folder's entries by name. Their order in the object is git's: folders sort as if their name ended in `/`. */
export type Tree = ReadonlyMap<string, TreeEntry>

export function isFolder(entry: TreeEntry): boolean {
  return entry.mode === '40000'
}

export function isFile(entry: TreeEntry): boolean {
  return entry.mode === '100644' || entry.mode === '100755'
}

/** The tree object of the entries. */
export function encodeTree(entries: Iterable<TreeEntry>): GitObject {
  const keyed = Array.from(entries, (entry) => ({ entry, key: isFolder(entry) ? `${entry.name}/` : entry.name }))
  const isPlain = keyed.every(({ key }) => ascii.test(key))
  const sorted = keyed.sort(isPlain ? byUnits : byBytes)
  return makeObject('tree', writeEntries(sorted.map(({ entry }) => entry)))
}

function writeEntries(entries: readonly TreeEntry[]): Buffer {
  const parts = entries.map(({ mode, name, oid }) => ({ head: `${mode} `, name: encodeName(name), oid }))
  const size = parts.reduce((sum, { head, name }) => sum + head.length + name.length + 21, 0)
  const body = Buffer.alloc(size)
  let at = 0
  for (const { head, name, oid } of parts) {
    at += body.write(head, at)
    at += name.copy(body, at) + 1
    at += body.write(oid, at, 'hex')
  }
  return body
}

/** Reads a tree object's body (gitformat: `mode SP name NUL 20-byte-oid`, repeated). */
export function decodeTree(body: Buffer): Tree {
  const entries = new Map<string, TreeEntry>()
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at)
    const end = body.indexOf(0, space)
    if (space < 0 || end < 0 || end + 21 > body.length)
      throw new CommitbaseError('internal', 'a tree object is cut short')
    const name = decodeName(body.subarray(space + 1, end))
    entries.set(name, {
      name,
      mode: body.toString('latin1', at, space) as Mode,
      oid: body.toString('hex', end + 1, end + 21),
    })
    at = end + 21
  }
  return entries
}

/** A name as text. One that is not UTF-8, such as an old Latin-1 one, keeps its bytes as lone surrogates: it is never renamed. */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return bytes.toString('latin1').replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)))
}

export function encodeName(name: string): Buffer {
  if (!/[\udc80-\udcff]/u.test(name)) return Buffer.from(name)
  return Buffer.from(
    name.replace(/[\udc80-\udcff]/gu, (unit) => String.fromCharCode(unit.charCodeAt(0) - 0xdc00)),
    'latin1',
  )
}

interface Keyed {
  readonly key: string
}

function byUnits(a: Keyed, b: Keyed): number {
  return a.key < b.key ? -1 : 1
}

function byBytes(a: Keyed, b: Keyed): number {
  return Buffer.compare(encodeName(a.key), encodeName(b.key))
}

/** Where UTF-16 units sort as bytes do. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const ascii = /^[\x00-\x7f]*$/
