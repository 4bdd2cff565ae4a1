import { codeOf } from '../../errors.ts'
import type { Oid } from '../../git/objects/object.ts'
import type { CommitVersions } from './commitVersions.ts'
import type { IndexFile } from './indexFile.ts'
import type { NotedCommit } from './pendingCommits.ts'
import { type NewVersion, type RecordVersion, VersionSegments, versionKey } from './versionSegments.ts'

/**
 * The versions that commits made of records, from behind `since` (`null`: all) to the tip, a commit behind its parents. Throws
 * `not_found` where `since` does not lead to the tip. `versionsOf` knows what was made of a record up to the commit that is told next.
 */
export type ChangesOf = (since: Oid | null, tip: Oid, versionsOf: VersionsOf) => AsyncIterable<CommitVersions>

/** A record's versions, newest first, by its `versionKey`. */
export type VersionsOf = (key: string) => Iterable<RecordVersion>

export interface HistoryOptions {
  readonly file: IndexFile
  readonly changesOf: ChangesOf
  readonly onProgress?: (commits: number) => void
}

/** Which versions are asked for: the newest `skip` left out, and at most `limit`. */
export interface VersionQuery {
  readonly skip?: number
  readonly limit?: number
}

/**
 * Which commits changed each record, of all that lead to the branch's commit; a merge where it decided (`isDecided`). A
 * file that only moved, as in a split, is no version. It follows commits as they are made, and reads git's log for others.
 */
export class VersionHistory {
  readonly #options: HistoryOptions
  readonly #segments: VersionSegments
  /** The commit to which all is known, on disk or waiting. */
  #at: Oid | null
  #waiting: NewVersion[] = []
  /** Of what waits, by record, the first so many: as far as there were when somebody asked. */
  #byKey = new Map<string, NewVersion[]>()
  #placed = 0
  #reading: Reading | undefined
  #merging: Generator<void, boolean> | undefined

  constructor(options: HistoryOptions) {
    this.#options = options
    this.#segments = new VersionSegments(options.file)
    this.#at = options.file.read('history') ?? null
    if (this.#at === unfinished) this.#forget()
  }

  /** Takes in commits that follow each other. What does not follow on what is known is read from git later. */
  follow(commits: readonly NotedCommit[]): void {
    for (const commit of commits) {
      if (this.#reading) this.#reading.behind.push(commit)
      else this.#take(commit)
    }
    // What a log has given so far is not whole before its end.
    if (!this.#reading && this.#waiting.length >= enough) this.flush()
  }

  /** Does a part of what is to do until it knows all up to that commit; whether there may be more. */
  async step(tip: Oid | null): Promise<boolean> {
    if (this.#reading) await this.#read(this.#reading)
    else if (this.#at !== tip) this.#begin(tip)
    else return this.#merge()
    return true
  }

  /** A record's versions up to that commit, newest first; nothing where they are not all known yet. */
  versions(tip: Oid | null, table: string, id: string, { limit }: { limit: number }): RecordVersion[] | undefined {
    if (this.#reading || this.#at !== tip) return undefined
    return [...this.#all(versionKey(table, id)).take(limit)]
  }

  /** Puts what waits on disk, and reads no further. */
  async close(): Promise<void> {
    if (!this.#reading) this.flush()
    await this.#reading?.versions.return(undefined)
    this.#reading = undefined
  }

  /** Puts what waits on disk. */
  flush(): void {
    if (this.#waiting.length === 0 && this.#options.file.read('history') === (this.#at ?? undefined)) return
    this.#options.file.transact(() => {
      if (this.#waiting.length > 0) this.#segments.add(this.#waiting)
      this.#options.file.write('history', this.#at ?? undefined)
    })
    this.#empty()
  }

  *#all(key: string): Generator<RecordVersion> {
    for (; this.#placed < this.#waiting.length; this.#placed++) {
      const version = this.#waiting[this.#placed]!
      const versions = this.#byKey.get(version.key)
      if (versions) versions.push(version)
      else this.#byKey.set(version.key, [version])
    }
    yield* this.#byKey.get(key)?.toReversed() ?? []
    yield* this.#segments.find(key)
  }

  /** A dropped table does not say which records it had. */
  #take({ parent, commit, tables }: NotedCommit): void {
    if (parent !== this.#at || tables.some(({ dropped }) => dropped)) return
    for (const { name, records } of tables) {
      for (const [id, written] of records)
        this.#waiting.push({ key: versionKey(name, id), commit, blob: written?.blob ?? null })
    }
    this.#at = commit
  }

  #begin(tip: Oid | null): void {
    this.flush()
    if (tip === null) this.#forget()
    else {
      const versions = inParts(this.#options.changesOf(this.#at, tip, (key) => this.#all(key)))
      this.#reading = { tip, versions, behind: [], commits: 0 }
    }
  }

  async #read(reading: Reading): Promise<void> {
    const end = performance.now() + slice
    try {
      while (performance.now() < end && this.#waiting.length < enoughRead) {
        const next = await reading.versions.next()
        if (next.done) {
          this.#finish(reading)
          return
        }
        const { commit, versions, goesOn } = next.value
        for (const { key, blob } of versions) this.#waiting.push({ key, commit, blob })
        if (!goesOn) reading.commits++
      }
    } catch (error) {
      this.#reading = undefined
      if (codeOf(error) !== 'not_found') throw error
      this.#forget()
      return
    }
    this.#options.onProgress?.(reading.commits)
    if (this.#waiting.length >= enoughRead) this.#addUnfinished()
  }

  /** On disk the history is where it was until the log has been read to its end; what was read then is cleared away by a new start. */
  #addUnfinished(): void {
    this.#options.file.transact(() => {
      this.#options.file.write('history', unfinished)
      this.#segments.add(this.#waiting)
    })
    this.#empty()
  }

  #finish({ tip, behind }: Reading): void {
    this.#at = tip
    this.#reading = undefined
    this.flush()
    this.follow(behind)
  }

  #empty(): void {
    this.#waiting = []
    this.#byKey = new Map()
    this.#placed = 0
  }

  #forget(): void {
    this.#options.file.transact(() => {
      this.#segments.clear()
      this.#options.file.write('history', undefined)
    })
    this.#empty()
    this.#merging = undefined
    this.#at = null
  }

  #merge(): boolean {
    this.#merging ??= this.#segments.merge()
    const merging = this.#merging
    const { done, value: isMerged } = this.#options.file.transact(() => merging.next())
    if (done) this.#merging = undefined
    // Eight of the larger size may be there now.
    return !done || isMerged
  }
}

interface Reading {
  readonly tip: Oid
  readonly versions: AsyncGenerator<CommitVersions, void>
  /** What was followed meanwhile. */
  readonly behind: NotedCommit[]
  commits: number
}

/** The same, no part of them large: one commit may have made a million. */
async function* inParts(commits: AsyncIterable<CommitVersions>): AsyncGenerator<CommitVersions, void> {
  for await (const { commit, versions, goesOn } of commits) {
    for (let from = 0; from < Math.max(1, versions.length); from += together) {
      const isLast = from + together >= versions.length
      yield { commit, versions: versions.slice(from, from + together), goesOn: goesOn || !isLast }
    }
  }
}

/** Some milliseconds. */
const together = 1_000
/** What stands in the file while a log is half read. */
const unfinished = 'unfinished'
/** Versions that become a segment: of commits as they are made, and of a log. */
const enough = 4_000
const enoughRead = 8_000
/** Milliseconds. */
const slice = 20
