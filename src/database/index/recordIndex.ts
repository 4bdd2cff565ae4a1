import { CommitbaseError, messageOf } from '../../errors.ts'
import { nextTurn } from '../../git/breath.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { ReadObjects } from '../../git/objects/readObjects.ts'
import type { KnownFingerprints } from '../tables/knownFingerprints.ts'
import { parseBasedir } from '../tables/names.ts'
import { allRecords, type BuildSource, inParts, TableBuild } from './build.ts'
import { type Arrival, compareCommits } from './catchUp.ts'
import { FingerprintFile } from './fingerprintFile.ts'
import { type IndexFile, isPassing, removeIndexFile } from './indexFile.ts'
import { type IndexView, viewAt } from './indexView.ts'
import { closeDamaged, type IndexFileOptions, openIndex, openIndexOrNone } from './openedIndex.ts'
import { type NotedCommit, PendingCommits, type TouchedTable, type WrittenRecord } from './pendingCommits.ts'
import { type IndexedRecord, parseIndexed, type RecordSource } from './readRecords.ts'
import type { TableRows } from './tableRows.ts'
import type { IndexedTables } from './tables.ts'
import type { VersionHistory } from './versionHistory.ts'

/** How far the building of a table's indexes is, in records. */
export interface IndexProgress {
  readonly table: string
  readonly done: number
  readonly total: number
}

export interface RecordIndexOptions extends IndexFileOptions {
  /** Reads git objects. */
  readonly read: ReadObjects
  readonly onProgress?: (progress: IndexProgress) => void
}

/**
 * The indexes of a branch's records in one SQLite file, which follows the branch: `note` each commit as it is made, and say
 * what has `landed`. What the file does not have yet is known from the notes, or found by comparing trees. Until then, and
 * while indexes are built, the answer is that no index serves.
 */
export class RecordIndex {
  readonly #options: RecordIndexOptions
  readonly #fingerprints: FingerprintFile
  #file: IndexFile
  #tables: IndexedTables
  #pending: PendingCommits
  #at: Oid | null
  #head: Oid | null
  #history: VersionHistory | undefined
  #builds: TableBuild[] = []
  #working: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  #closed = false
  #isOpen: boolean
  #isDamaged = false
  /** What a read met while another thread had the file: it is opened anew when that has ended. */
  #fault: unknown

  constructor(options: RecordIndexOptions) {
    this.#options = { ...options, basedir: parseBasedir(options.basedir).join('/') }
    this.#fingerprints = new FingerprintFile(`${options.path}-fingerprints`, options.onProblem)
    const { file, tables, history, at, isOpen } = openIndexOrNone(this.#options)
    this.#file = file
    this.#tables = tables
    this.#history = history
    this.#isOpen = isOpen
    this.#at = at
    this.#head = at
    this.#pending = new PendingCommits(at)
  }

  get fingerprints(): KnownFingerprints {
    return this.#fingerprints.known
  }

  /** A commit was made on the branch; whether it lands is not known yet. What it says of files is left out where nobody looks for the table's records. */
  note(commit: NotedCommit): void {
    if (this.#closed) return
    for (const table of commit.tables) {
      for (const [id, written] of table.records) if (written) this.#learn(id, written)
      if (!this.#tables.get(table.name)) leaveOutFiles(table)
    }
    this.#pending.note(commit)
    if (this.#pending.size > mostPendingBytes || this.#pending.count > mostPending)
      this.#pending = new PendingCommits(this.#at)
  }

  #learn(id: string, { blob, replaced, fingerprint }: WrittenRecord): void {
    // Nobody asks for it any more, unless the commit does not land: then it is read once.
    if (replaced) this.fingerprints.delete(replaced, id)
    this.fingerprints.set(blob, id, fingerprint)
  }

  /** The branch is at this commit. */
  landed(tip: Oid | null): void {
    this.#head = tip
    if (this.#pending.count >= enoughPending) this.#work()
    else if (!this.#closed) this.#timer ??= setTimeout(() => this.#work(), pause).unref()
  }

  /** The indexes as they serve a read at that commit. */
  at(commit: Oid | null): IndexView {
    return {
      candidates: (...search) => this.#guard(() => this.#view(commit).candidates(...search)) ?? damaged,
      owners: (table, fields, key) => this.#guard(() => this.#view(commit).owners(table, fields, key)),
      versions: (table, id, query) => this.#guard(() => this.#view(commit).versions(table, id, query)),
    }
  }

  /** Resolves when the file is at the branch's commit, all indexes are built, and the fingerprints are read, and kept where many are new. */
  async settled(): Promise<void> {
    await this.#fingerprints.taken
    this.#work()
    while (this.#working) await this.#working
    await this.#fingerprints.saved
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#working
    this.#guard(() => {
      while (this.#at !== this.#head && this.#applyPending());
    })
    if (this.#isOpen) await this.#history?.close().catch((error) => this.#options.onProblem?.(messageOf(error)))
    if (this.#isOpen) this.#file.close()
    this.#isOpen = false
    await this.#fingerprints.close()
  }

  /** Takes in first what has landed, where otherwise each read would look through it. */
  #view(commit: Oid | null): IndexView {
    if (this.#pending.count >= fewPending && !this.#file.isCheckpointing) this.#applyPending()
    return viewAt(commit, {
      tables: this.#tables,
      pending: this.#pending,
      at: this.#at,
      history: this.#history,
    })
  }

  #work(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#closed || !(this.#isOpen || this.#openAnew())) return
    this.#working ??= this.#run().finally(() => {
      this.#working = undefined
    })
  }

  /** One step after the other, and between them everybody else's turn. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        const isMore = await this.#step()
        await this.#file.checkpoint()
        if (this.#fault) throw this.#fault
        // What landed meanwhile found this under way.
        if (!isMore && this.#at === this.#head) break
      } catch (error) {
        if (!this.#beginAnew(error)) return
      }
      await nextTurn()
    }
    this.#failures = 0
    this.#fingerprints.saveMany()
  }

  /** Whether there may be more to do. Following comes first, but does not keep what is built from its turn. */
  async #step(): Promise<boolean> {
    if (this.#at !== this.#head && !this.#applyPending()) await this.#catchUp(this.#head)
    this.#builds = this.#builds.filter(({ table }) => this.#tables.get(table.name) === table)
    const [build] = this.#builds
    if (build) {
      if (await build.step()) {
        this.#builds.shift()
        this.#fingerprints.save()
      }
      return true
    }
    if (this.#startBuilds() || (await this.#history?.step(this.#at))) return true
    return this.#file.transact(() => this.#tables.sweep(mostSwept)) || this.#at !== this.#head
  }

  /** Brings the file forward by what was noted, a slice of it; whether that could be done. */
  #applyPending(): boolean {
    const chain = this.#pending.chainTo(this.#head)
    if (!chain || chain.length === 0) return chain !== undefined
    const slice = sliceOf(chain)
    if (!slice?.every(({ tables }) => tables.every((table) => this.#isKnown(table)))) return false
    this.#move(slice.at(-1)!.commit, () => {
      for (const { tables } of slice) for (const table of tables) this.#applyTable(table)
    })
    this.#history?.follow(slice)
    return true
  }

  /** Whether the note holds what the indexes need: the table may have been declared only since. */
  #isKnown({ name, records }: TouchedTable): boolean {
    return !this.#tables.get(name) || records.values().every((written) => written === null || written.bytes)
  }

  #applyTable({ name, dropped, records }: TouchedTable): void {
    const table = this.#tables.get(name)
    if (!table) return
    const rows = dropped ? this.#tables.renew(table) : table
    if (dropped) rows.isReady = true
    for (const [id, written] of records) this.#put(rows, [id, written && parseIndexed(id, written.bytes!)])
  }

  #put(table: TableRows, [id, record]: IndexedRecord): void {
    for (const build of this.#builds) if (build.table === table) build.pass(id)
    table.put(id, record)
  }

  /** Brings the file to a commit by comparing trees. */
  async #catchUp(target: Oid | null): Promise<void> {
    const from = this.#at
    const compared = this.#tables.all()
    const base = this.#options.basedir.split('/')
    const tables = compared.map(({ name }) => name)
    const arrival = await compareCommits({ from, to: target, base, tables, records: this.#records })
    // A read may have brought the file forward meanwhile.
    if (this.#at !== from) return
    if (arrival.problem) this.#options.onProblem?.(arrival.problem)
    this.#move(target, () => {
      this.#tables.declare(arrival.settings)
      for (const table of compared) if (this.#tables.get(table.name) === table) this.#takeIn(table, arrival)
    })
  }

  #takeIn(table: TableRows, { changes, records }: Arrival): void {
    const some = records.get(table.name)
    if (some) for (const record of some) this.#put(table, record)
    else if (this.#builds.some((build) => build.table === table)) this.#tables.renew(table)
    else {
      table.isReady = false
      const all = changes.get(table.name)!
      this.#build(table, { changes: inParts(all), isAll: false, total: async () => all.size })
    }
  }

  #move(commit: Oid | null, work: () => void): void {
    this.#file.transact(() => {
      work()
      this.#file.write('commit', commit ?? undefined)
      for (const table of this.#tables.all()) table.save()
    }, this.#builds.length > 0)
    this.#at = commit
    this.#pending.advance(commit, this.#head)
  }

  /** Begins to build what is not ready and not under way; whether there was any. */
  #startBuilds(): boolean {
    const waiting = this.#tables.all().filter(({ isReady }) => !isReady)
    for (const table of waiting)
      this.#build(table, allRecords(this.#at, [...this.#options.basedir.split('/'), table.name], this.#options.read))
    return waiting.length > 0
  }

  #build(table: TableRows, source: BuildSource): void {
    const onProgress = (done: number, total: number) => this.#options.onProgress?.({ table: table.name, done, total })
    this.#builds.push(new TableBuild({ file: this.#file, table, records: this.#records, source, onProgress }))
  }

  get #records(): RecordSource {
    return { read: this.#options.read, fingerprints: this.fingerprints }
  }

  /** What the file says, unless it cannot say it: then it is made anew. A query's own error is its asker's. */
  #guard<T>(work: () => T): T | undefined {
    try {
      if (this.#isOpen && !this.#fault) return work()
    } catch (error) {
      if (error instanceof CommitbaseError) throw error
      if (this.#file.isCheckpointing) this.#fault = error
      else if (this.#beginAnew(error)) this.#work()
    }
    return undefined
  }

  /** Opens the file anew, and throws it away before that where it is at fault; whether it is worth another try. */
  #beginAnew(error: unknown): boolean {
    this.#isDamaged = !isPassing(error)
    this.#options.onProblem?.(`the index is ${this.#isDamaged ? 'built' : 'opened'} anew: ${messageOf(error)}`)
    this.#fault = undefined
    this.#builds = []
    this.#history?.close().catch(() => {})
    this.#history = undefined
    this.#at = null
    this.#pending = new PendingCommits(null)
    this.#isOpen = false
    closeDamaged(this.#file, this.#options.onProblem)
    this.#openAnew()
    this.#failures++
    return this.#isOpen && !this.#closed && this.#failures < mostFailures
  }

  /** Whether there is a file again. Where there cannot be one, as on a full disk, it is tried with each landing. */
  #openAnew(): boolean {
    try {
      if (this.#isDamaged) removeIndexFile(this.#options.path)
      this.#isDamaged = false
      const { file, tables, history, at } = openIndex(this.#options)
      this.#file = file
      this.#tables = tables
      this.#history = history
      this.#at = at
      this.#pending = new PendingCommits(at)
      this.#isOpen = true
    } catch (error) {
      if (this.#failures < mostFailures)
        this.#options.onProblem?.(`there is no index for the moment: ${messageOf(error)}`)
    }
    return this.#isOpen
  }
}

const damaged = { ids: undefined, reason: 'the index file is being built anew' }

/** Milliseconds until what has landed is in the file, unless more lands before. */
const pause = 20
/** Commits that are pending when the file is brought forward at once, and when a read does it first. */
const enoughPending = 256
const fewPending = 32
/** Beyond that the notes are dropped, and trees compared instead. */
const mostPending = 50_000
const mostPendingBytes = 64 << 20
/** Rows that are taken away at a time. */
const mostSwept = 2_000
/** How often in a row the file is built anew before that is given up. */
const mostFailures = 3
/** Records whose rows change in one go, and where there are so many commits that it falls behind. */
const mostTogether = 200
const mostBehind = 1_000

/** The first of the commits, as many as are taken in at once; nothing where one alone is too much. */
function sliceOf(commits: readonly NotedCommit[]): readonly NotedCommit[] | undefined {
  const most = commits.length <= enoughPending ? mostTogether : mostBehind
  let records = recordsIn(commits[0]!)
  if (records > mostBehind) return undefined
  let end = 1
  while (end < commits.length && records + recordsIn(commits[end]!) <= most) records += recordsIn(commits[end++]!)
  return commits.slice(0, end)
}

function recordsIn({ tables }: NotedCommit): number {
  let count = 0
  for (const { records } of tables) count += records.size
  return count
}

function leaveOutFiles({ records }: TouchedTable): void {
  for (const written of records.values()) if (written) written.bytes = undefined
}
