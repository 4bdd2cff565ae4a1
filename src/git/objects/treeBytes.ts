import { hash } from 'node:crypto'
import { CommitbaseError } from '../../errors.ts'
import { encodeDelta } from './delta.ts'
import { Edits } from './edits.ts'
import type { Oid } from './object.ts'
import { writeOid } from './oidBytes.ts'
import { decodeName, encodeName, type Mode, type TreeEntry } from './tree.ts'

/**
 * A tree object as git hashes it, header in front: entries are found by binary search and changed in place. Entries are
 * `mode SP name NUL 20-byte-id`; folders sort as if their name ended in `/` (git's tree.c, `base_name_compare`).
 */
export class TreeBytes {
  #buffer: Buffer
  /** Where the body begins, behind `tree <size>\0`. */
  #start: number
  /** Where each entry begins in the body. */
  #offsets: number[]
  #folders = 0
  #digitFolders = 0
  #dotFiles = 0
  /** What was looked for last: a write asks for its name several times. */
  #found: Found = { name: '', asFolder: false, offsets: [], index: -1 }
  /** How many bytes the last comparison found to be the same. */
  #shared = 0
  /** Whether the last search found what it was for. */
  #isThere = false
  /** What changed since the last version. */
  readonly #edits = new Edits()

  private constructor(buffer: Buffer, start: number, offsets: number[]) {
    this.#buffer = buffer
    this.#start = start
    this.#offsets = offsets
    this.#recount()
  }

  /** Reads a tree object's body; it is copied. Throws `internal` where it is cut short. */
  static of(body: Buffer): TreeBytes {
    const { buffer, start } = withHeader(body.length)
    body.copy(buffer, start)
    const offsets: number[] = []
    for (let at = 0; at < body.length; ) {
      offsets.push(at)
      const end = body.indexOf(0, at)
      if (end < 0 || end + 21 > body.length) throw new CommitbaseError('internal', 'a tree object is cut short')
      at = end + 21
    }
    return new TreeBytes(buffer, start, offsets)
  }

  get size(): number {
    return this.#offsets.length
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
    return this.#offsets.length - this.#folders - this.#dotFiles
  }

  /** Bytes of the body. */
  get length(): number {
    return this.#buffer.length - this.#start
  }

  /** The body as it is now: it changes when the tree does. */
  get body(): Buffer {
    return this.#buffer.subarray(this.#start)
  }

  /** The body as it stays. */
  copy(): Buffer {
    const copy = Buffer.allocUnsafe(this.length)
    this.#buffer.copy(copy, 0, this.#start)
    return copy
  }

  get(name: string): TreeEntry | undefined {
    const index = this.#indexOf(name)
    return index < 0 ? undefined : this.#entry(index, name)
  }

  *entries(): Generator<TreeEntry> {
    for (let index = 0; index < this.#offsets.length; index++) yield this.#entry(index, this.#nameAt(index))
  }

  *names(): Generator<string> {
    for (let index = 0; index < this.#offsets.length; index++) yield this.#nameAt(index)
  }

  /** The names that equal this one but for the case of ASCII letters, itself among them. */
  spellings(name: string): string[] {
    const bytes = byteString(name)
    const found: string[] = []
    for (let index = 0; index < this.#offsets.length; index++) {
      if (this.#nameLength(index) === bytes.length && this.#isSpelling(index, bytes)) found.push(this.#nameAt(index))
    }
    return found
  }

  /** Puts the entry in its place, instead of what has its name. Gives what takes it back. */
  set({ name, mode, oid }: TreeEntry): () => void {
    const index = this.#indexOf(name, mode === folderMode)
    if (index < 0) return this.#insert(name, mode, oid)
    if (this.#modeAt(index) === mode) return this.#overwrite(index, oid)
    const undoRemoval = this.#removeAt(index)
    const undoInsertion = this.#insert(name, mode, oid)
    return () => {
      undoInsertion()
      undoRemoval()
    }
  }

  /** Gives a folder that is there its id; what was there before nobody can take back. */
  setFolder(name: string, oid: Oid): void {
    const at = this.#oidAt(this.#indexOf(name, true))
    writeOid(this.#buffer, at, oid)
    this.#edits.add({ at: at - this.#start, removed: 20, added: 20 })
  }

  /** Puts a file's new version in its place: one that somebody made executable stays so. Gives what takes it back. */
  setFile(name: string, oid: Oid): () => void {
    const index = this.#indexOf(name, false)
    const mode = index < 0 ? undefined : this.#modeAt(index)
    if (mode === fileMode || mode === executable) return this.#overwrite(index, oid)
    return this.set({ name, mode: fileMode, oid })
  }

  /** The same for several files at once, none of them twice. */
  setFiles(files: readonly { readonly name: string; readonly oid: Oid }[]): () => void {
    const before = this.#state()
    const placed = files.map((file) => this.#place(file)).sort((a, b) => (a.bytes < b.bytes ? -1 : 1))
    const length = placed.reduce((sum, { added, removed }) => sum + added - removed, this.length)
    const { buffer, start } = withHeader(length)
    const offsets: number[] = []
    let from = 0
    let to = 0
    const keepUntil = (index: number) => {
      const end = this.#offsets[index] ?? this.length
      for (let kept = this.#indexAt(from); kept < index; kept++) offsets.push(this.#offsets[kept]! - from + to)
      this.#buffer.copy(buffer, start + to, this.#start + from, this.#start + end)
      to += end - from
      from = end
    }
    for (const { index, added, removed, bytes, mode, oid } of placed) {
      keepUntil(index)
      offsets.push(to)
      writeEntry(buffer, start + to, mode, bytes, oid)
      to += added
      from += removed
    }
    keepUntil(this.#offsets.length)
    this.#edits.addAll(placed.map(({ at, added, removed }) => ({ at, added, removed })))
    this.#buffer = buffer
    this.#start = start
    this.#offsets = offsets
    this.#recount()
    return this.#undoTo(before)
  }

  /** Takes the entry away. Gives what takes that back; nothing where there was none. */
  remove(name: string): (() => void) | undefined {
    const index = this.#indexOf(name)
    return index < 0 ? undefined : this.#removeAt(index)
  }

  /** The object's id. */
  hash(): Oid {
    return hash('sha1', this.#buffer)
  }

  /** Begins a new version, and gives the delta that makes it from the last one, where a small one does. */
  nextVersion(): Buffer | undefined {
    const edits = this.#edits.take()
    return edits && encodeDelta(edits, this.#buffer, this.#start)
  }

  #overwrite(index: number, oid: Oid): () => void {
    const at = this.#oidAt(index)
    const before = this.#buffer.toString('latin1', at, at + 20)
    writeOid(this.#buffer, at, oid)
    this.#edits.add({ at: at - this.#start, removed: 20, added: 20 })
    return () => {
      this.#buffer.write(before, at, 'latin1')
      this.#edits.lose()
    }
  }

  #insert(name: string, mode: Mode, oid: Oid): () => void {
    const bytes = byteString(name)
    const index = this.#search(bytes, mode === folderMode)
    const at = this.#offsets[index] ?? this.length
    const added = mode.length + bytes.length + 22
    const undo = this.#replaceBytes(at, 0, added)
    writeEntry(this.#buffer, this.#start + at, mode, bytes, oid)
    this.#offsets = spliced(this.#offsets, index, 0, at, added)
    this.#count(index, 1)
    return undo
  }

  #removeAt(index: number): () => void {
    const at = this.#offsets[index]!
    const removed = (this.#offsets[index + 1] ?? this.length) - at
    const undo = this.#replaceBytes(at, removed, 0, () => this.#count(index, -1))
    this.#offsets = spliced(this.#offsets, index, 1, at, -removed)
    return undo
  }

  /** Makes room in a new buffer, the old one stays as it is. */
  #replaceBytes(at: number, removed: number, added: number, first?: () => void): () => void {
    const before = this.#state()
    first?.()
    const { buffer, start } = withHeader(this.length + added - removed)
    this.#buffer.copy(buffer, start, this.#start, this.#start + at)
    this.#buffer.copy(buffer, start + at + added, this.#start + at + removed)
    this.#buffer = buffer
    this.#start = start
    this.#edits.add({ at, removed, added })
    return this.#undoTo(before)
  }

  #state(): State {
    const { folders } = this
    return [this.#buffer, this.#start, this.#offsets, folders, this.#digitFolders, this.#dotFiles]
  }

  #undoTo(before: State): () => void {
    return () => {
      ;[this.#buffer, this.#start, this.#offsets, this.#folders, this.#digitFolders, this.#dotFiles] = before
      this.#edits.lose()
    }
  }

  /** Where a file goes, and how many bytes it takes and makes way for. */
  #place({ name, oid }: { readonly name: string; readonly oid: Oid }) {
    const bytes = byteString(name)
    const index = this.#search(bytes, false)
    const isThere = this.#isThere
    const at = this.#offsets[index] ?? this.length
    const removed = isThere ? (this.#offsets[index + 1] ?? this.length) - at : 0
    const mode: Mode = isThere && this.#modeAt(index) === executable ? executable : '100644'
    return { mode, oid, bytes, index, at, removed, added: mode.length + bytes.length + 22 }
  }

  /** The entry that begins there, or the number of entries at the end. */
  #indexAt(offset: number): number {
    let low = 0
    let high = this.#offsets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#offsets[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A folder and a file of one name have different places; the likelier kind is looked for first. */
  #indexOf(name: string, asFolder = false): number {
    if (name === this.#found.name && asFolder === this.#found.asFolder && this.#offsets === this.#found.offsets)
      return this.#found.index
    const index = this.#find(name, asFolder)
    this.#found = { name, asFolder, offsets: this.#offsets, index }
    return index
  }

  #find(name: string, asFolder: boolean): number {
    const bytes = byteString(name)
    const index = this.#placeOf(bytes, asFolder)
    if (index >= 0 || (asFolder ? this.#folders === this.#offsets.length : this.#folders === 0)) return index
    return this.#placeOf(bytes, !asFolder)
  }

  #placeOf(bytes: string, asFolder: boolean): number {
    const index = this.#search(bytes, asFolder)
    return this.#isThere ? index : -1
  }

  /** The first entry that does not sort before the name; `#isThere` says whether it is the name's. */
  #search(bytes: string, asFolder: boolean): number {
    this.#isThere = false
    let low = 0
    let high = this.#offsets.length
    // All entries between two share what both share with the name: it need not be compared again.
    let sharedLow = 0
    let sharedHigh = 0
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.#compare(middle, bytes, asFolder, Math.min(sharedLow, sharedHigh))
      if (order === 0) {
        this.#isThere = true
        return middle
      }
      if (order < 0) {
        low = middle + 1
        sharedLow = this.#shared
      } else {
        high = middle
        sharedHigh = this.#shared
      }
    }
    return low
  }

  /** How an entry sorts against the name, of which so many bytes are known to be the same. */
  #compare(index: number, bytes: string, asFolder: boolean, known = 0): number {
    const buffer = this.#buffer
    const start = this.#nameStart(index)
    for (let at = known; ; at++) {
      const byte = buffer[start + at]!
      this.#shared = at
      if (at === bytes.length) return (byte || (this.#isFolder(index) ? slash : 0)) - (asFolder ? slash : 0)
      const other = bytes.charCodeAt(at)
      if (byte === 0) return (this.#isFolder(index) ? slash : 0) - other
      if (byte !== other) return byte - other
    }
  }

  #isSpelling(index: number, bytes: string): boolean {
    const start = this.#nameStart(index)
    // From the end: names that are alike begin alike.
    for (let at = bytes.length - 1; at >= 0; at--) {
      if (lowered(this.#buffer[start + at]!) !== lowered(bytes.charCodeAt(at))) return false
    }
    return true
  }

  #entry(index: number, name: string): TreeEntry {
    const at = this.#oidAt(index)
    return { name, mode: this.#modeAt(index), oid: this.#buffer.toString('hex', at, at + 20) }
  }

  #recount(): void {
    this.#folders = 0
    this.#digitFolders = 0
    this.#dotFiles = 0
    for (let index = 0; index < this.#offsets.length; index++) this.#count(index, 1)
  }

  #count(index: number, by: number): void {
    if (this.#isFolder(index)) {
      this.#folders += by
      if (this.#isDigits(index)) this.#digitFolders += by
    } else if (this.#buffer[this.#nameStart(index)] === dot) this.#dotFiles += by
  }

  #isDigits(index: number): boolean {
    const at = this.#nameStart(index)
    return isDigit(this.#buffer[at]!) && isDigit(this.#buffer[at + 1]!) && this.#buffer[at + 2] === 0
  }

  #position(index: number): number {
    return this.#start + this.#offsets[index]!
  }

  /** Modes have five digits (folders) or six; git has written no others for long. */
  #nameStart(index: number): number {
    const at = this.#position(index)
    return this.#buffer[at + 5] === space ? at + 6 : at + 7
  }

  #isFolder(index: number): boolean {
    return this.#buffer[this.#position(index) + 5] === space
  }

  #modeAt(index: number): Mode {
    const at = this.#position(index)
    if (this.#buffer[at + 5] === space) return folderMode
    if (this.#buffer.readUInt32BE(at + 2) === fileModeEnd && this.#buffer[at + 1] === 0x30) return fileMode
    return this.#buffer.toString('latin1', at, at + 6) as Mode
  }

  #oidAt(index: number): number {
    return this.#start + (this.#offsets[index + 1] ?? this.length) - 20
  }

  #nameLength(index: number): number {
    return this.#oidAt(index) - 1 - this.#nameStart(index)
  }

  #nameAt(index: number): string {
    return decodeName(this.#buffer.subarray(this.#nameStart(index), this.#oidAt(index) - 1))
  }
}

type State = readonly [
  Buffer,
  start: number,
  offsets: number[],
  folders: number,
  digitFolders: number,
  dotFiles: number,
]

interface Found {
  readonly name: string
  readonly asFolder: boolean
  /** Others are there once entries come or go. */
  readonly offsets: readonly number[]
  readonly index: number
}

const folderMode: Mode = '40000'
const fileMode: Mode = '100644'
/** `0644`, as bytes. */
const fileModeEnd = 0x30363434
const executable: Mode = '100755'
const slash = 0x2f
const space = 0x20
const dot = 0x2e

function withHeader(length: number): { buffer: Buffer; start: number } {
  const header = `tree ${length}\0`
  // Not from Node's pool: a small buffer that stays would keep all of its 64 KiB.
  const buffer = Buffer.allocUnsafeSlow(header.length + length)
  buffer.write(header, 0, 'latin1')
  return { buffer, start: header.length }
}

function writeEntry(buffer: Buffer, from: number, mode: Mode, name: string, oid: Oid): void {
  const end = from + buffer.write(`${mode} ${name}`, from, 'latin1')
  buffer[end] = 0
  writeOid(buffer, end + 1, oid)
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

function lowered(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/** The offsets with one entry more (`taken` 0) or less (1) at that place, those behind it moved. */
function spliced(offsets: readonly number[], index: number, taken: number, at: number, moved: number): number[] {
  const next = offsets.slice(0, index)
  if (taken === 0) next.push(at)
  for (let from = index + taken; from < offsets.length; from++) next.push(offsets[from]! + moved)
  return next
}
