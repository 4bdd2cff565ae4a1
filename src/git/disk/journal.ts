import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CommitbaseError } from '../../errors.ts'
import { step } from '../../step.ts'
import { nextTurn } from '../breath.ts'
import { type Files, nodeFiles, type WritableFile } from './files.ts'
import { encodeHeader } from './frameFile.ts'
import { encodeGroup, type Group, type JournalEntry, journalFormat, readGroups } from './journalFile.ts'

export interface JournalOptions {
  /** How many entries may wait to be settled (default: 100,000). */
  readonly limit?: number
  /** How many bytes they may have together (default: 256 MiB). */
  readonly byteLimit?: number
  /** Bytes from which on the file is written anew without what is settled (default: 4 MiB). */
  readonly rotateAt?: number
  /** What writes it (default: the disk). */
  readonly files?: Files
}

/**
 * What was accepted and is not done yet, in a file: after a crash it is done again. One process writes it at a time.
 *
 * Throws `internal` where the file is damaged in its middle: what was acknowledged cannot be read any more.
 */
export async function openJournal(file: string, options: JournalOptions = {}): Promise<Journal> {
  const groups = await read(file)
  const settled = new Set(groups.flatMap((group) => group.settled))
  const entries = groups.flatMap((group) => group.entries)
  const journal = new Journal(
    file,
    options,
    entries.filter(({ id }) => !settled.has(id)),
    entries.at(-1)?.id ?? 0,
  )
  await journal.rotate()
  return journal
}

export class Journal {
  readonly #file: string
  readonly #limit: number
  readonly #byteLimit: number
  readonly #rotateAt: number
  readonly #files: Files
  readonly #unsettled: Map<number, Buffer>
  readonly #waiting: Waiting[] = []
  readonly #settled: number[] = []
  #bytes: number
  #lastId: number
  #salt = 0
  #handle: WritableFile | undefined
  #size = 0
  #isSound = false
  #flushing: Promise<void> | undefined
  #marking: NodeJS.Timeout | undefined
  #closed = false

  constructor(file: string, options: JournalOptions, unsettled: readonly JournalEntry[], lastId: number) {
    this.#file = file
    this.#limit = options.limit ?? 100_000
    this.#byteLimit = options.byteLimit ?? 256 << 20
    this.#rotateAt = options.rotateAt ?? 4 << 20
    this.#files = options.files ?? nodeFiles
    this.#unsettled = new Map(unsettled.map(({ id, bytes }) => [id, bytes]))
    this.#bytes = unsettled.reduce((sum, { bytes }) => sum + bytes.length, 0)
    this.#lastId = lastId
  }

  /** Resolves with the entry's id once it is on the disk. What is appended meanwhile shares the next write. */
  append(bytes: Buffer): Promise<number> {
    const refusal = this.#refusal(bytes)
    if (refusal) return Promise.reject(refusal)
    this.#bytes += bytes.length
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#waiting.push({ id: ++this.#lastId, bytes, resolve, reject })
    this.#flushing ??= this.#flush()
    return promise
  }

  /** What is on the disk and not settled, in the order of acceptance. */
  pending(): JournalEntry[] {
    return Array.from(this.#unsettled, ([id, bytes]) => ({ id, bytes }))
  }

  /** The entry is done. After a crash it may come again all the same: the mark travels with the next entry, or alone a second later. */
  settle(id: number): void {
    const bytes = this.#unsettled.get(id)
    if (!bytes) return
    this.#unsettled.delete(id)
    this.#bytes -= bytes.length
    this.#settled.push(id)
    this.#markLater()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#marking)
    await this.#flushing
    if (this.#settled.length > 0) await this.rotate()
    await this.#handle?.close()
    this.#handle = undefined
  }

  /** Writes the file anew with what is not settled; the old one is there until the new one is whole. */
  async rotate(): Promise<void> {
    const salt = randomBytes(4).readUInt32BE()
    const { length } = this.#settled
    const rest = { settled: [], entries: this.pending() }
    const bytes = Buffer.concat([
      encodeHeader(journalFormat, salt),
      ...(rest.entries.length > 0 ? [encodeGroup(rest, salt)] : []),
    ])
    const temporary = `${this.#file}.new`
    const handle = await this.#files.create(temporary, { mode: 0o600, eachSynced: true })
    try {
      await handle.write([bytes], 0)
      await handle.sync()
      await this.#files.rename(temporary, this.#file)
      step('journal.renewed')
      await this.#files.syncFolder(dirname(this.#file))
    } catch (error) {
      await handle.close()
      throw error
    }
    await this.#handle?.close()
    this.#settled.splice(0, length)
    this.#handle = handle
    this.#salt = salt
    this.#size = bytes.length
    this.#isSound = true
  }

  /** Much later nobody knows any more that the entry was done: receipts are forgotten, and what failed would be tried again. */
  #markLater(): void {
    if (!this.#closed) this.#marking ??= setTimeout(() => this.#mark(), longestUnmarked).unref()
  }

  #mark(): void {
    this.#marking = undefined
    if (this.#settled.length === 0) return
    if (this.#flushing) this.#markLater()
    else this.#flushing = this.#flush()
  }

  async #flush(): Promise<void> {
    // What comes with the same look at the network shares one write.
    await nextTurn()
    do {
      const batch = this.#waiting.splice(0)
      try {
        await this.#write(batch)
        for (const { id, bytes } of batch) this.#unsettled.set(id, bytes)
        for (const { id, resolve } of batch) resolve(id)
      } catch (error) {
        this.#fail(batch, error)
      }
    } while (this.#waiting.length > 0)
    this.#flushing = undefined
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    if (!this.#isSound || (this.#size > this.#rotateAt && this.#bytes < this.#size / 2)) await this.rotate()
    const settled = this.#settled.slice()
    if (settled.length + entries.length === 0) return
    const group = encodeGroup({ settled, entries }, this.#salt)
    step('journal.taken')
    await this.#handle!.write([group], this.#size)
    step('journal.written')
    await this.#handle!.sync()
    step('journal.synced')
    this.#settled.splice(0, settled.length)
    this.#size += group.length
  }

  /** After a failed write nobody knows what is on the disk: the next one starts a new file. */
  #fail(batch: readonly Waiting[], cause: unknown): void {
    this.#isSound = false
    this.#markLater()
    const error = new CommitbaseError('unavailable', `${this.#file} cannot be written: ${(cause as Error).message}`, {
      cause,
    })
    for (const { bytes, reject } of batch) {
      this.#bytes -= bytes.length
      reject(error)
    }
  }

  #refusal(bytes: Buffer): CommitbaseError | undefined {
    if (this.#closed) return new CommitbaseError('unavailable', 'the journal is closed')
    const count = this.#unsettled.size + this.#waiting.length
    if (count < this.#limit && this.#bytes + bytes.length <= this.#byteLimit) return undefined
    return new CommitbaseError(
      'unavailable',
      `${count} accepted events (${this.#bytes} bytes) wait already; try again later`,
    )
  }
}

/** Milliseconds. */
const longestUnmarked = 1_000

interface Waiting extends JournalEntry {
  readonly resolve: (id: number) => void
  readonly reject: (error: unknown) => void
}

async function read(file: string): Promise<Group[]> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new CommitbaseError('unavailable', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return readGroups(bytes, file)
}
