import type { Oid } from '../../git/objects/object.ts'
import { readJson } from '../../readJson.ts'
import type { JsonObject } from '../json/json.ts'
import type { RecordVersion } from './versionSegments.ts'

/** A record that a commit wrote: its file's blob, the one before, the fingerprint of what it says, and its bytes where somebody needs them. */
export interface WrittenRecord {
  readonly blob: Oid
  readonly replaced?: Oid | undefined
  readonly fingerprint: number
  bytes?: Buffer | undefined
}

/** What a commit did to a table: `null` for a record that is gone, after all that was there is gone where it was dropped. */
export interface TouchedTable {
  readonly name: string
  readonly dropped: boolean
  readonly records: ReadonlyMap<string, WrittenRecord | null>
}

/** A commit that was made here, and what it changed. `parent`: `null` for the branch's first. */
export interface NotedCommit {
  readonly parent: Oid | null
  readonly commit: Oid
  readonly tables: readonly TouchedTable[]
}

interface Entry extends NotedCommit {
  /** The commit that it and the pending ones before it build on. */
  readonly base: Oid | null
}

/** A record as some pending commit wrote it. */
interface Version {
  readonly id: string
  readonly bytes: Buffer
  record?: JsonObject
}

/**
 * Commits that the index file does not have yet, those that never land included. What a record is at a pending commit, it is in
 * the file or in one of these: that is all that is promised, so a commit that was taken back does no harm.
 */
export class PendingCommits {
  #at: Oid | null
  #entries = new Map<Oid, Entry>()
  #versions = new Map<string, Version[]>()
  #owners = new Map<string, { seen: number; ids: Map<string, string[]> }>()
  #bare = new Set<string>()
  /** Bytes that are held, about. */
  size = 0

  constructor(at: Oid | null) {
    this.#at = at
  }

  get count(): number {
    return this.#entries.size
  }

  /** Takes in a commit. Where its parent is neither pending nor the file's, the file may come there yet. */
  note(noted: NotedCommit): void {
    if (this.#entries.has(noted.commit)) return
    const { parent, commit, tables } = noted
    this.#enter({ parent, commit, tables, base: this.#baseUnder(noted) })
  }

  /** Whether the file and the pending commits together say what may match at this commit. */
  covers(commit: Oid | null): boolean {
    return commit === this.#at || this.#baseOf(commit) === this.#at
  }

  /** Whether there are versions of its records of which only the blob is known: nobody asked for more when they were made. */
  isBare(table: string): boolean {
    return this.#bare.has(table)
  }

  /** The commits that lead from the file's state to this one, in order; nothing where they are not all known. */
  chainTo(commit: Oid | null): NotedCommit[] | undefined {
    if (!this.covers(commit)) return undefined
    const chain: NotedCommit[] = []
    for (let next = commit; next !== this.#at; ) {
      const entry = this.#entries.get(next!)!
      chain.push(entry)
      next = entry.parent
    }
    return chain.reverse()
  }

  /** The versions that these commits made of a record on the way to this one, newest first; nothing where one of them cannot say. */
  versions(commit: Oid | null, table: string, id: string): RecordVersion[] | undefined {
    const versions: RecordVersion[] = []
    const chain = this.chainTo(commit)
    if (!chain) return undefined
    for (const { commit: made, tables } of chain.reverse()) {
      if (tables.some(({ dropped }) => dropped)) return undefined
      const written = tables.find(({ name }) => name === table)?.records.get(id)
      if (written !== undefined) versions.push({ commit: made, blob: written?.blob ?? null })
    }
    return versions
  }

  /** The file is at this commit now: what builds neither on it nor on the branch's, where the file goes next, is forgotten. */
  advance(commit: Oid | null, head: Oid | null): void {
    const entries = [...this.#entries.values()]
    this.#at = commit
    this.#entries = new Map()
    this.#versions = new Map()
    this.#owners = new Map()
    this.#bare = new Set()
    this.size = 0
    for (const entry of entries) {
      const base = this.#baseUnder(entry)
      if (base === commit || base === head) this.note(entry)
    }
  }

  /** The ids in a table with a pending version of which `isMeant` is true. */
  find(table: string, isMeant: (record: JsonObject) => boolean): string[] {
    const versions = this.#versions.get(table) ?? []
    return versions.filter((version) => isMeant(recordOf(version))).map(({ id }) => id)
  }

  /** The ids in a table with a pending version that has this key. `keysOf` gives a record's keys, and `purpose` names it. */
  owners(table: string, key: Buffer, purpose: string, keysOf: (record: JsonObject) => readonly Buffer[]): string[] {
    const versions = this.#versions.get(table) ?? []
    const name = `${table} ${purpose}`
    const known = this.#owners.get(name) ?? { seen: 0, ids: new Map<string, string[]>() }
    this.#owners.set(name, known)
    for (; known.seen < versions.length; known.seen++) {
      const version = versions[known.seen]!
      for (const one of keysOf(recordOf(version))) {
        const text = one.toString('latin1')
        known.ids.set(text, [...(known.ids.get(text) ?? []), version.id])
      }
    }
    return known.ids.get(key.toString('latin1')) ?? []
  }

  #baseUnder({ parent }: NotedCommit): Oid | null {
    const base = parent === this.#at ? undefined : this.#baseOf(parent)
    return base === undefined ? parent : base
  }

  /** Nothing where the commit is not pending. */
  #baseOf(commit: Oid | null): Oid | null | undefined {
    return commit === null ? undefined : this.#entries.get(commit)?.base
  }

  #enter(entry: Entry): void {
    this.#entries.set(entry.commit, entry)
    for (const { name, records } of entry.tables) {
      this.size += records.size * weight
      for (const [id, written] of records) {
        if (written?.bytes) this.#addVersion(name, id, written.bytes)
        else if (written) this.#bare.add(name)
      }
    }
  }

  #addVersion(table: string, id: string, bytes: Buffer): void {
    const versions = this.#versions.get(table) ?? []
    if (versions.length === 0) this.#versions.set(table, versions)
    versions.push({ id, bytes })
    this.size += bytes.length
  }
}

/** Bytes that a record takes without its file's. */
const weight = 100

function recordOf(version: Version): JsonObject {
  version.record ??= readJson(version.bytes.toString()) as JsonObject
  return version.record
}
