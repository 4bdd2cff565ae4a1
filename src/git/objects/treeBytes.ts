import { hash } from 'node:crypto'
import { CommitbaseError } from '../../errors.ts'
import { encodeDelta } from './delta.ts'
import { Edits } from './edits.ts'
import { bodyStart, EntryBytes, type Gap } from './entryBytes.ts'
import type { Oid } from './object.ts'
import { writeOid } from './oidBytes.ts'
import { findSpellings } from './spellings.ts'
import { encodeName, type Mode, type TreeEntry } from './tree.ts'

/**
 * A tree object as git hashes it: entries are found by binary search and changed in place. Folders sort as if their name ended in
 * `/` (git's tree.c, `base_name_compare`). What takes a change back does the inverse, in place as well: it runs when all that
 * came after was taken back.
 */
export class TreeBytes {
  readonly #entries: EntryBytes
  #folders = 0
  #digitFolders = 0
  #dotFiles = 0
  /** What was looked for last, until entries come or go: a write asks for its name several times. */
  #found: Found | undefined
  /** How many bytes the last comparison found to be the same. */
  #shared = 0
  /** What changed since the last version. */
  readonly #edits = new Edits()

  private constructor(entries: EntryBytes) {
    this.#entries = entries
    for (let index = 0; index < entries.size; index++) this.#count(index, 1)
  }

  /** Reads a tree object's body; it is copied. Throws `internal` where it is cut short. */
  static of(body: Buffer): TreeBytes {
    return new TreeBytes(new EntryBytes(body))
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many of the entries are folders. */
  get folders(): number {
    return this.#folders
  }

  /** How many of these have two hex digits for a name. */
  get digitFolders(): number {
    return this.#digitFolders
  }

  /** How many entries are no folders, and their names do not begin with a dot. */
  get files(): number {
    return this.size - this.#folders - this.#dotFiles
  }

  /** Bytes of the body. */
  get length(): number {
    return this.#entries.length
  }

  /** Bytes of memory for the object, those to spare among them. */
  get memory(): number {
    return this.#entries.bytes.length
  }

  /** The body as it is now: it changes when the tree does. */
  get body(): Buffer {
    return this.#entries.body
  }

  /** The body as it stays. */
  copy(): Buffer {
    return this.#entries.copy()
  }

  get(name: string): TreeEntry | undefined {
    const index = this.#indexOf(name)
    return index < 0 ? undefined : this.#entry(index, name)
  }

  *entries(): Generator<TreeEntry> {
    for (let index = 0; index < this.size; index++) yield this.#entry(index, this.#entries.nameAt(index))
  }

  *names(): Generator<string> {
    for (let index = 0; index < this.size; index++) yield this.#entries.nameAt(index)
  }

  /** The names that equal this one but for the case of ASCII letters, itself among them. */
  spellings(name: string): string[] {
    return findSpellings(this.#entries, byteString(name)).map((index) => this.#entries.nameAt(index))
  }

  /** Puts the entry in its place, instead of what has its name. Gives what takes it back. */
  set(entry: TreeEntry): () => void {
    const index = this.#indexOf(entry.name, entry.mode === folderMode)
    if (index < 0) return this.#insert(~index, entry)
    if (this.#entries.modeAt(index) === entry.mode) return this.#overwrite(index, entry.oid)
    const undoRemoval = this.#removeAt(index)
    const undoInsertion = this.set(entry)
    return () => {
      undoInsertion()
      undoRemoval()
    }
  }

  /** Gives a folder its id; what was there before nobody can take back. Throws `internal` where no folder has the name. */
  setFolder(name: string, oid: Oid): void {
    const index = this.#indexOf(name, true)
    if (index < 0 || !this.#entries.isFolder(index))
      throw new CommitbaseError('internal', `there is no folder '${name}' in the tree`)
    this.#writeOid(this.#entries.oidStart(index), oid)
  }

  /** Puts a file's new version in its place: one that somebody made executable stays so. Gives what takes it back. */
  setFile(name: string, oid: Oid): () => void {
    const index = this.#indexOf(name, false)
    const mode = index < 0 ? undefined : this.#entries.modeAt(index)
    if (mode === fileMode || mode === executable) return this.#overwrite(index, oid)
    return this.set({ name, mode: fileMode, oid })
  }

  /** The same for several files at once, none of them twice. */
  setFiles(files: readonly { readonly name: string; readonly oid: Oid }[]): () => void {
    const entries = this.#entries
    const placed = files.map((file) => this.#place(file)).sort((a, b) => (a.bytes < b.bytes ? -1 : 1))
    const gaps = placed.filter(({ isNew }) => isNew)
    const replaced = placed
      .filter(({ isNew }) => !isNew)
      .map((place) => ({ at: place.at, before: entries.read(place) }))
    this.#edits.addAll(
      placed.map(({ at, length, isNew }) => ({ at: at - bodyStart, removed: isNew ? 0 : length, added: length })),
    )
    this.#open(gaps)
    let opened = 0
    for (const { index, isNew, mode, bytes, oid } of placed) {
      entries.write(index + opened, mode, bytes, oid)
      if (isNew) this.#count(index + opened++, 1)
    }
    return () => {
      this.#close(gaps)
      for (const { at, before } of replaced) entries.bytes.write(before, at, 'latin1')
      this.#edits.lose()
    }
  }

  /** Takes the entry away. Gives what takes that back; nothing where there was none. */
  remove(name: string): (() => void) | undefined {
    const index = this.#indexOf(name)
    return index < 0 ? undefined : this.#removeAt(index)
  }

  /** The object's id. */
  hash(): Oid {
    return hash('sha1', this.#entries.object)
  }

  /** Begins a new version, and gives the delta that makes it from the last one, where a small one does. */
  nextVersion(): Buffer | undefined {
    const edits = this.#edits.take()
    if (!edits) return undefined
    const { object, length } = this.#entries
    return encodeDelta(edits, object, object.length - length)
  }

  #overwrite(index: number, oid: Oid): () => void {
    const at = this.#entries.oidStart(index)
    const before = this.#entries.bytes.toString('latin1', at, at + 20)
    this.#writeOid(at, oid)
    return () => {
      this.#entries.bytes.write(before, at, 'latin1')
      this.#edits.lose()
    }
  }

  #writeOid(at: number, oid: Oid): void {
    writeOid(this.#entries.bytes, at, oid)
    this.#edits.add({ at: at - bodyStart, removed: 20, added: 20 })
  }

  #insert(index: number, { name, mode, oid }: TreeEntry): () => void {
    const bytes = byteString(name)
    const gap = { index, at: this.#entries.startOf(index), length: lengthOf(mode, bytes) }
    this.#open([gap])
    this.#entries.write(index, mode, bytes, oid)
    this.#count(index, 1)
    this.#edits.add({ at: gap.at - bodyStart, removed: 0, added: gap.length })
    return () => {
      this.#close([gap])
      this.#edits.lose()
    }
  }

  #removeAt(index: number): () => void {
    const gap = this.#entries.gapOf(index)
    const before = this.#entries.read(gap)
    this.#close([gap])
    this.#edits.add({ at: gap.at - bodyStart, removed: gap.length, added: 0 })
    return () => {
      this.#open([gap])
      this.#entries.bytes.write(before, gap.at, 'latin1')
      this.#count(index, 1)
      this.#edits.lose()
    }
  }

  #open(gaps: readonly Gap[]): void {
    this.#found = undefined
    this.#entries.open(gaps)
  }

  #close(gaps: readonly Gap[]): void {
    this.#found = undefined
    for (const [closed, { index }] of gaps.entries()) this.#count(index + closed, -1)
    this.#entries.close(gaps)
  }

  /** Where a file goes, or is. */
  #place({ name, oid }: { readonly name: string; readonly oid: Oid }) {
    const bytes = byteString(name)
    const found = this.#search(bytes, false)
    const isNew = found < 0
    const index = isNew ? ~found : found
    const mode = !isNew && this.#entries.modeAt(index) === executable ? executable : fileMode
    return { mode, oid, bytes, index, isNew, at: this.#entries.startOf(index), length: lengthOf(mode, bytes) }
  }

  /** A folder and a file of one name have different places; the likelier kind is looked for first. Below zero as in `#search`. */
  #indexOf(name: string, asFolder = false): number {
    const last = this.#found
    if (last !== undefined && name === last.name && asFolder === last.asFolder) return last.index
    const index = this.#find(name, asFolder)
    this.#found = { name, asFolder, index }
    return index
  }

  #find(name: string, asFolder: boolean): number {
    const bytes = byteString(name)
    const index = this.#search(bytes, asFolder)
    if (index >= 0 || (asFolder ? this.#folders === this.size : this.#folders === 0)) return index
    const other = this.#search(bytes, !asFolder)
    return other < 0 ? index : other
  }

  /** The name's entry; where there is none, the complement (below zero) of the first that does not sort before it. */
  #search(bytes: string, asFolder: boolean): number {
    let low = 0
    let high = this.size
    // All entries between two share what both share with the name: it need not be compared again.
    let sharedLow = 0
    let sharedHigh = 0
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.#compare(middle, bytes, asFolder, Math.min(sharedLow, sharedHigh))
      if (order === 0) return middle
      if (order < 0) {
        low = middle + 1
        sharedLow = this.#shared
      } else {
        high = middle
        sharedHigh = this.#shared
      }
    }
    return ~low
  }

  /** How an entry sorts against the name, of which so many bytes are known to be the same. */
  #compare(index: number, bytes: string, asFolder: boolean, known = 0): number {
    const buffer = this.#entries.bytes
    const start = this.#entries.nameStart(index)
    for (let at = known; ; at++) {
      const byte = buffer[start + at]!
      this.#shared = at
      if (at === bytes.length) return (byte || this.#entries.endOf(index)) - (asFolder ? slash : 0)
      const other = bytes.charCodeAt(at)
      if (byte === 0) return this.#entries.endOf(index) - other
      if (byte !== other) return byte - other
    }
  }

  #entry(index: number, name: string): TreeEntry {
    return { name, mode: this.#entries.modeAt(index), oid: this.#entries.oidAt(index) }
  }

  #count(index: number, by: number): void {
    const { bytes } = this.#entries
    const at = this.#entries.nameStart(index)
    if (this.#entries.isFolder(index)) {
      this.#folders += by
      if (isDigit(bytes[at]!) && isDigit(bytes[at + 1]!) && bytes[at + 2] === 0) this.#digitFolders += by
    } else if (bytes[at] === dot) this.#dotFiles += by
  }
}

interface Found {
  readonly name: string
  readonly asFolder: boolean
  readonly index: number
}

const folderMode: Mode = '40000'
const fileMode: Mode = '100644'
const executable: Mode = '100755'
const slash = 0x2f
const dot = 0x2e

/** Bytes of an entry. */
function lengthOf(mode: Mode, name: string): number {
  return mode.length + name.length + 22
}

/** The name's bytes, one a character: an ASCII name is that already. */
function byteString(name: string): string {
  return isAscii(name) ? name : encodeName(name).toString('latin1')
}

function isAscii(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 0x7f) return false
  return true
}

/** A hex digit in lower case. */
function isDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
}
