import { CommitbaseError } from '../../errors.ts'
import { takeBreaths } from '../../git/breath.ts'
import { type Oid, oidOf } from '../../git/objects/object.ts'
import type { Soon } from '../../git/soon.ts'
import type { Fanout } from '../../git/trees/fanout.ts'
import type { FanoutEntry } from '../../git/trees/fanoutWays.ts'
import type { Path } from '../../git/trees/path.ts'
import type { WorkingTree } from '../../git/trees/workingTree.ts'
import { readJson } from '../../readJson.ts'
import { isObject } from '../json/json.ts'
import { type RecordSchema, readSchema, schemaFile } from '../schemas/schema.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { KnownFingerprints } from './knownFingerprints.ts'
import { decodeRecord, encodeRecord, isSameRecord, type StoredRecord } from './record.ts'
import { copyRecord, recordCache } from './recordCache.ts'
import { type TableFolder, tableFolder } from './tableFolder.ts'
import { scanRecords } from './tableScan.ts'

/** What a transaction has done to a table: the files to write (`null`: to remove), after all that was there is gone where it was dropped. */
export interface TableChanges {
  readonly path: Path
  readonly fanout: Fanout
  readonly dropped: boolean
  readonly files: ReadonlyMap<string, EncodedRecord | null>
}

/** A record as a file, and the fingerprint of what it says. */
export interface EncodedRecord {
  readonly bytes: Buffer
  readonly fingerprint: number
}

/** Whether a record is meant. It must not change it. */
type Condition = (record: StoredRecord) => boolean

/** Records that were meant, out of those that were looked at. They are the cache's own: who hands one out makes a copy. */
export interface Picked {
  readonly records: readonly Readonly<StoredRecord>[]
  readonly examined: number
}

/** A record that fits the table, its file, and what the tree holds, where that is the same. */
export interface Draft {
  readonly record: StoredRecord
  readonly file: EncodedRecord
  readonly before: StoredRecord | undefined
}

/**
 * One table: the records of the tree, and on top what has been put and removed here. The tree itself is not written. What gives no
 * promise is called within `now`.
 */
export class Table {
  readonly name: string
  readonly path: Path
  readonly #tree: WorkingTree
  readonly #folder: TableFolder
  readonly #fanout: Fanout
  readonly #fingerprints: KnownFingerprints | undefined
  readonly #files = new Map<string, EncodedRecord | null>()
  /** What was put here, by the id in lower case. */
  readonly #ids = new Map<string, string>()
  #dropped = false
  #schema: RecordSchema | undefined | 'unread' = 'unread'

  /** `fingerprints`: what is known of what blobs say; with them a record that changes need not be read. */
  constructor(tree: WorkingTree, basedir: Path, name: string, fingerprints?: KnownFingerprints) {
    this.name = name
    this.path = [...basedir, name]
    this.#tree = tree
    this.#folder = tableFolder(tree, this.path)
    this.#fanout = this.#folder.files
    this.#fingerprints = fingerprints
  }

  get changes(): TableChanges {
    return { path: this.path, fanout: this.#fanout, dropped: this.#dropped, files: this.#files }
  }

  /** `WorkingTree.now` of its tree. */
  now<T>(action: () => T): Soon<T> {
    return this.#tree.now(action)
  }

  /** Throws `conflict` where its path leads over something else than folders. */
  refuseLinks(): void {
    this.#folder.refuseLinks()
  }

  /** The names in the tree that differ from its own only in case. */
  get twins(): readonly string[] {
    return this.#folder.twins()
  }

  get(id: string): StoredRecord | undefined {
    const written = this.#files.get(id)
    if (written !== undefined) return written === null ? undefined : parseWritten(written)
    return this.#stored(id)
  }

  /** What is there under the record's id, where that says the same; what differs need not be read to its last rule. */
  same(record: StoredRecord): StoredRecord | undefined {
    const { _id } = record
    const written = this.#files.get(_id)
    if (written === null) return undefined
    const current = written ? parseWritten(written) : this.#storedUnless(record)
    return current && isSameRecord(current, record) ? copyRecord(current) : undefined
  }

  /** The ids that were put or removed here. */
  get touched(): Iterable<string> {
    return this.#files.keys()
  }

  /** Those of the records that are there and fulfil the condition, in no order. `examined` counts all that are there. Others have a turn now and then. */
  async pick(ids: Iterable<string>, matches: Condition = always): Promise<Picked> {
    const breath = takeBreaths()
    const entries: FanoutEntry[] = []
    const written: StoredRecord[] = []
    for (const id of new Set(ids)) {
      const file = this.#files.get(id)
      const entry = file === undefined && !this.#dropped ? await this.#fanout.find(id) : undefined
      if (file) written.push(parseWritten(file))
      if (entry) entries.push(entry)
      const pause = breath()
      if (pause) await pause
    }
    const looked = [...(await this.#read(entries)), ...written]
    const records: StoredRecord[] = []
    for (const record of looked) {
      if (matches(record)) records.push(record)
      const pause = breath()
      if (pause) await pause
    }
    return { records, examined: looked.length }
  }

  /** The same of all records. Throws where a file is no record. */
  async scan(matches: Condition = always): Promise<Picked> {
    const records: StoredRecord[] = []
    const take = (record: StoredRecord) => {
      if (matches(record)) records.push(record)
    }
    const written = [...this.#files.values()].filter((file) => file !== null)
    for (const file of written) take(parseWritten(file))
    const [fanout, fingerprints] = [this.#fanout, this.#fingerprints]
    const scan = { tree: this.#tree, fanout, except: this.#files, take, fingerprints }
    const stored = this.#dropped ? 0 : await scanRecords(scan)
    return { records, examined: stored + written.length }
  }

  /** How many records there are, by the names of their files: none of them is read. */
  async count(): Promise<number> {
    let count = this.#dropped ? 0 : await this.#fanout.count()
    for (const [id, file] of this.#files) {
      if (!this.#dropped && (await this.#fanout.find(id))) count--
      if (file !== null) count++
    }
    return count
  }

  /** Whether there is anything in it: a record that was not removed here, or its schema. */
  exists(): boolean {
    const written = [...this.#files.values()]
    if (written.some((file) => file !== null)) return true
    const children = this.#dropped ? new Map() : this.#tree.listNow(this.path)
    if (children.size === 0 || written.length === 0) return children.size > 0
    return children.has(schemaFile) || this.#fanout.holdsMoreNow(written.length)
  }

  /** The id of the blob that holds the record, or will. */
  blob(id: string): Oid | undefined {
    const written = this.#files.get(id)
    if (written !== undefined) return written === null ? undefined : oidOf('blob', written.bytes)
    return this.#dropped ? undefined : this.#fanout.findNow(id)?.oid
  }

  /** The record as it would be put. Throws `invalid` or `conflict` where it does not fit the table: its size, its schema, an id that differs only in case. */
  check(record: StoredRecord): Draft {
    const problem = this.#readSchema()?.problem(record)
    if (problem) {
      throw new CommitbaseError('invalid', `'${record._id}' breaks the schema of '${this.name}': ${problem}`)
    }
    this.#refuseTwin(record._id)
    const stored = this.#files.has(record._id) ? this.#stored(record._id) : undefined
    const before = stored && isSameRecord(stored, record) ? stored : undefined
    return { record, file: { bytes: encodeRecord(record), fingerprint: fingerprintOf(record) }, before }
  }

  /** Puts a record that differs from what is there now. Where it is again what the tree holds, its file stays as it is. Gives what is stored. */
  put({ record, file, before }: Draft): StoredRecord {
    this.#ids.set(record._id.toLowerCase(), record._id)
    if (before) this.#files.delete(record._id)
    else this.#files.set(record._id, file)
    return before ?? record
  }

  remove(id: string): void {
    const stored = this.#stored(id)
    this.#ids.delete(id.toLowerCase())
    if (stored) this.#files.set(id, null)
    else this.#files.delete(id)
  }

  drop(): void {
    this.#dropped = true
    this.#files.clear()
    this.#ids.clear()
    this.#schema = undefined
  }

  #stored(id: string): StoredRecord | undefined {
    const entry = this.#dropped ? undefined : this.#fanout.findNow(id)
    return entry && copyRecord(this.#readNow(entry))
  }

  /** What the tree holds under the record's id, unless that surely says something else. It is the cache's own. */
  #storedUnless(record: StoredRecord): StoredRecord | undefined {
    const entry = this.#dropped ? undefined : this.#fanout.findNow(record._id)
    if (!entry || this.#isChange(entry, record)) return undefined
    const known = recordCache.get(entry.oid, record._id)?.record
    if (known) return known
    const bytes = this.#tree.readBlobNow(entry.oid)
    return differs(bytes, record) ? undefined : this.#decode(entry, bytes)
  }

  /** Whether the file is known to hold a record of that id that says something else. */
  #isChange({ oid, key }: FanoutEntry, record: StoredRecord): boolean {
    const known = this.#fingerprints?.get(oid, key)
    return known !== undefined && known !== fingerprintOf(record)
  }

  #readNow(entry: FanoutEntry): StoredRecord {
    const known = recordCache.get(entry.oid, entry.key)?.record
    return known ?? this.#decode(entry, this.#tree.readBlobNow(entry.oid))
  }

  /** The records in those files, each read and parsed once. They are the cache's own. */
  async #read(entries: readonly FanoutEntry[]): Promise<StoredRecord[]> {
    const known = entries.map(({ key, oid }) => recordCache.get(oid, key)?.record)
    const missing = entries.filter((_, index) => !known[index])
    const blobs = missing.length > 0 ? await this.#tree.readBlobs(missing.map(({ oid }) => oid)) : []
    const read = missing.map((entry, index) => this.#decode(entry, blobs[index]!)).values()
    return known.map((record) => record ?? read.next().value!)
  }

  #decode({ key, path, oid }: FanoutEntry, bytes: Buffer): StoredRecord {
    const record = decodeRecord(bytes, key, path.join('/'))
    recordCache.add(oid, record, bytes.length)
    this.#fingerprints?.set(oid, key, fingerprintOf(record))
    return record
  }

  #refuseTwin(id: string): void {
    const put = this.#ids.get(id.toLowerCase())
    const twin = put === undefined ? this.#storedTwin(id) : put === id ? undefined : put
    if (twin === undefined) return
    throw new CommitbaseError(
      'conflict',
      `'${id}' differs only in case from '${twin}' in ${this.path.join('/')}: some file systems cannot hold both; choose another _id`,
    )
  }

  /** A record that is there already takes nobody's place. */
  #storedTwin(id: string): string | undefined {
    if (this.#dropped || this.#fanout.findNow(id)) return undefined
    const twin = this.#fanout.twinNow(id)
    return twin && this.#files.get(twin.key) !== null ? twin.key : undefined
  }

  #readSchema(): RecordSchema | undefined {
    if (this.#schema === 'unread') this.#schema = readSchema(this.#tree, this.path)
    return this.#schema
  }
}

/** Whether the file surely holds a record of that id that says something else. */
function differs(bytes: Buffer, record: StoredRecord): boolean {
  try {
    const value = readJson(bytes.toString())
    return isObject(value) && value._id === record._id && !isSameRecord(value as StoredRecord, record)
  } catch {
    return false
  }
}

/** Our own bytes need no check. */
function parseWritten({ bytes }: EncodedRecord): StoredRecord {
  return readJson(bytes.toString()) as StoredRecord
}

const always: Condition = () => true
