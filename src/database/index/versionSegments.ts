import { hash } from 'node:crypto'
import type { Oid } from '../../git/objects/object.ts'
import { writeOid } from '../../git/objects/oidBytes.ts'
import type { IndexFile } from './indexFile.ts'

/** One version of a record: the commit that made it, and its blob; `null`: it was removed. */
export interface RecordVersion {
  readonly commit: Oid
  readonly blob: Oid | null
}

/** A version that is on its way into a segment. */
export interface NewVersion extends RecordVersion {
  /** Of `versionKey`. */
  readonly key: string
}

/** Twelve bytes that stand for a record, as Latin-1: part of SHA-256, so that nobody can choose two that meet. */
export function versionKey(table: string, id: string): string {
  return hash('sha256', `${table}/${id}`, 'binary').slice(0, keyLength)
}

const keyLength = 12
const oidLength = 20
const rowLength = keyLength + 2 * oidLength
/** Rows of a page: 10 KB, what one look into a segment reads. */
const pageRows = 200
/** Segments that are smaller are of one size. */
const smallSegment = 2_000
/** Rows that a step of a merge takes on. */
const mergedRows = 5 * pageRows
/** So many neighbours of one size become one segment. */
const mergedAtOnce = 8
/** How many times as large as the smallest one the others may be: what was just merged waits for others like it. */
const alike = 4

interface Segment {
  readonly number: number
  readonly rows: number
}

/**
 * Versions in segments, as a log-structured merge tree has them: each holds the versions of some consecutive commits, sorted by
 * record, oldest first; eight of about one size become one. Writing costs little, since rows are appended many at a time, and a
 * record's versions are found by one look into each segment.
 */
export class VersionSegments {
  readonly #file: IndexFile
  /** Oldest first. */
  #segments: Segment[]

  constructor(file: IndexFile) {
    this.#file = file
    const rows = file.statement('SELECT number, rows FROM segments ORDER BY place').all()
    this.#segments = rows as unknown as Segment[]
    file.statement('DELETE FROM pages WHERE segment NOT IN (SELECT number FROM segments)').run()
  }

  /** A segment of versions that are newer than all there are, in the order of their commits. */
  add(versions: readonly NewVersion[]): void {
    const sorted = versions.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    const segment = { number: this.#nextNumber(), rows: sorted.length }
    for (let from = 0; from < sorted.length; from += pageRows) {
      this.#writePage(segment.number, encodePage(sorted.slice(from, from + pageRows)), from)
    }
    this.#segments.push(segment)
    this.#save()
  }

  /** A record's versions, newest first. */
  *find(key: string): Generator<RecordVersion> {
    const bytes = Buffer.from(key, 'latin1')
    for (const { number } of this.#segments.toReversed()) {
      const rows: RecordVersion[] = []
      for (const page of this.#pagesWith(number, bytes)) rows.push(...rowsIn(page, bytes))
      yield* rows.reverse()
    }
  }

  clear(): void {
    this.#segments = []
    this.#file.statement('DELETE FROM pages').run()
    this.#save()
  }

  /** Makes one segment of eight, where there are so many of a size; whether there were. Each step is short; the file has the result after the last. */
  *merge(): Generator<void, boolean> {
    const from = this.#mergeable()
    if (from < 0) return false
    const old = this.#segments.slice(from, from + mergedAtOnce)
    const number = this.#nextNumber()
    let rows = 0
    for (const page of mergedPages(old.map((segment) => this.#allPages(segment.number)))) {
      this.#writePage(number, page, rows)
      rows += page.length / rowLength
      if (rows % mergedRows === 0) yield
    }
    const at = this.#segments.indexOf(old[0]!)
    this.#segments.splice(at, old.length, { number, rows })
    for (const segment of old) this.#file.statement('DELETE FROM pages WHERE segment = ?').run(segment.number)
    this.#save()
    return true
  }

  /** The first of eight neighbours of about one size, the newest ones where there are several such. */
  #mergeable(): number {
    for (let from = this.#segments.length - mergedAtOnce; from >= 0; from--) {
      const sizes = this.#segments.slice(from, from + mergedAtOnce).map(({ rows }) => rows)
      if (Math.max(...sizes) <= alike * Math.max(Math.min(...sizes), smallSegment)) return from
    }
    return -1
  }

  /** The pages that begin with the key, and the one before them: it may end with it. */
  #pagesWith(segment: number, key: Buffer): Buffer[] {
    const pages: Buffer[] = []
    const backwards = this.#file.statement(
      'SELECT first, rows FROM pages WHERE segment = ? AND first <= ? ORDER BY first DESC, place DESC',
    )
    for (const { first, rows } of backwards.iterate(segment, key)) {
      pages.push(bufferOf(rows as Uint8Array))
      if (key.compare(first as Uint8Array) !== 0) break
    }
    return pages.reverse()
  }

  *#allPages(segment: number): Generator<Buffer> {
    const next = this.#file.statement(
      'SELECT place, rows FROM pages WHERE segment = ? AND place >= ? ORDER BY place LIMIT 1',
    )
    for (let place = 0; ; ) {
      const row = next.get(segment, place)
      if (!row) return
      yield bufferOf(row.rows as Uint8Array)
      place = (row.place as number) + 1
    }
  }

  #writePage(segment: number, rows: Buffer, place: number): void {
    this.#file.statement('INSERT INTO pages VALUES (?, ?, ?, ?)').run(segment, place, rows.subarray(0, keyLength), rows)
  }

  #nextNumber(): number {
    const { last } = this.#file.statement('SELECT coalesce(max(segment), 0) AS last FROM pages').get() as {
      last: number
    }
    return Math.max(last, ...this.#segments.map(({ number }) => number)) + 1
  }

  #save(): void {
    this.#file.statement('DELETE FROM segments').run()
    const insert = this.#file.statement('INSERT INTO segments VALUES (?, ?, ?)')
    for (const [place, { number, rows }] of this.#segments.entries()) insert.run(number, place, rows)
  }
}

function encodePage(versions: readonly NewVersion[]): Buffer {
  const page = Buffer.alloc(versions.length * rowLength)
  for (const [row, { key, commit, blob }] of versions.entries()) {
    const at = row * rowLength
    page.write(key, at, 'latin1')
    writeOid(page, at + keyLength, commit)
    if (blob !== null) writeOid(page, at + keyLength + oidLength, blob)
  }
  return page
}

/** The key's rows of a page, oldest first. */
function rowsIn(page: Buffer, key: Buffer): RecordVersion[] {
  const versions: RecordVersion[] = []
  for (let at = firstAt(page, key); at < page.length; at += rowLength) {
    if (page.compare(key, 0, keyLength, at, at + keyLength) !== 0) break
    const blob = page.toString('hex', at + keyLength + oidLength, at + rowLength)
    versions.push({
      commit: page.toString('hex', at + keyLength, at + keyLength + oidLength),
      blob: blob === noBlob ? null : blob,
    })
  }
  return versions
}

const noBlob = '0'.repeat(2 * oidLength)

/** Where the first row is whose key is not below this one. */
function firstAt(page: Buffer, key: Buffer): number {
  let low = 0
  let high = page.length / rowLength
  while (low < high) {
    const middle = (low + high) >> 1
    const at = middle * rowLength
    if (page.compare(key, 0, keyLength, at, at + keyLength) < 0) low = middle + 1
    else high = middle
  }
  return low * rowLength
}

/** Merges sorted pages; of one key the rows of the earlier source come first. */
function* mergedPages(sources: readonly Generator<Buffer>[]): Generator<Buffer> {
  const heads = sources.map((source) => new Head(source))
  let page = Buffer.allocUnsafe(pageRows * rowLength)
  let length = 0
  for (let head = leastOf(heads); head; head = leastOf(heads)) {
    head.page!.copy(page, length, head.at, head.at + rowLength)
    head.next()
    length += rowLength
    if (length < page.length) continue
    yield page
    page = Buffer.allocUnsafe(page.length)
    length = 0
  }
  if (length > 0) yield page.subarray(0, length)
}

function leastOf(heads: readonly Head[]): Head | undefined {
  let least: Head | undefined
  for (const head of heads) if (head.page && (!least || head.isBefore(least))) least = head
  return least
}

/** The next row of sorted pages; at their end there is no page. */
class Head {
  page: Buffer | undefined
  at = 0
  readonly #pages: Generator<Buffer>
  /** The beginning of the row's key as a number: hardly any two begin alike. */
  #start = 0

  constructor(pages: Generator<Buffer>) {
    this.#pages = pages
    this.#turn()
  }

  next(): void {
    this.at += rowLength
    if (this.at < this.page!.length) this.#start = this.page!.readUIntBE(this.at, startLength)
    else this.#turn()
  }

  isBefore(other: Head): boolean {
    if (this.#start !== other.#start) return this.#start < other.#start
    return this.page!.compare(other.page!, other.at, other.at + keyLength, this.at, this.at + keyLength) < 0
  }

  #turn(): void {
    this.page = this.#pages.next().value
    this.at = 0
    if (this.page) this.#start = this.page.readUIntBE(0, startLength)
  }
}

/** Bytes: as many as make a whole number without loss. */
const startLength = 6

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
