import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CommitbaseError } from '../../errors.ts'
import { step } from '../../step.ts'
import { takeBreaths } from '../breath.ts'
import type { DeferredEntry } from '../deferred.ts'
import { type Files, type WritableFile, writeGently } from '../disk/files.ts'
import { encodeFrame, encodeHeader, type FrameFormat, readFrames } from '../disk/frameFile.ts'
import { lengthOf } from '../lengthOf.ts'
import type { RefUpdate } from '../repository.ts'
import { type Draft, type Ending, TwoFiles } from './twoFiles.ts'

/** A batch that has landed: what moves with it, and the entries that it put behind those of a pack that is not on the disk yet. */
export interface Batch {
  readonly updates: readonly RefUpdate[]
  readonly deferred: readonly DeferredEntry[]
  readonly pack: number
  /** The offset in the pack of its first entry. */
  readonly from: number
  /** `PackTable`'s bytes of its entries. */
  readonly table: Buffer
  /** The entries' bytes, in pieces. */
  readonly pieces: readonly Buffer[]
}

/** What the packs of the batches go on from: a pack on the disk, up to a size. */
export interface Base {
  readonly pack: number
  /** The pack's file, without an ending. */
  readonly name: string
  readonly size: number
}

/** The file's first frame says what it goes on from; each other one is a batch. */
interface Head {
  readonly bases: readonly Base[]
}

const format: FrameFormat = { magic: 'commitbase-ahead 1\n', name: 'ahead-file', loss: 'acknowledged writes' }

/** What an ahead-file holds. Nothing where there is no file. Throws `internal` where acknowledged writes cannot be read. */
export async function readAhead(file: string): Promise<{ bases: readonly Base[]; batches: Batch[] }> {
  const bytes = await readIfThere(file)
  if (!bytes) return { bases: [], batches: [] }
  const [head, ...batches] = readFrames(bytes, file, format)
  const { bases = [] } = head ? (JSON.parse(head.toString('utf8')) as Partial<Head>) : {}
  return { bases, batches: batches.map(decodeBatch) }
}

/**
 * The ahead-file: what was acknowledged and is in no pack and under no ref yet. A batch is durable once it is in it. It is
 * written anew, without what has been sealed, now and then; two files take turns in that.
 */
export class AheadFile {
  readonly #files: TwoFiles
  #file: WritableFile | undefined
  #salt = 0
  #size = 0
  /** Bytes up to which it was written to: behind the last frame there are zeros. */
  #written = 0

  constructor(path: string, files: Files) {
    this.#files = new TwoFiles(path, files)
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size
  }

  /** Resolves when the batch survives a power cut. Where it throws nobody knows what is on the disk: `renew` it before the next. */
  async append(batch: Batch): Promise<void> {
    const frame = encodeFrame(encodeBatch(batch), this.#salt)
    const end = this.#size + lengthOf(frame)
    if (end > this.#written) this.#written = await this.#writeWithRoom(frame, end)
    else await this.#file!.write(frame, this.#size)
    step('ahead.written')
    await this.#file!.sync()
    step('ahead.synced')
    this.#size = end
  }

  /** Writes the file anew with those batches alone; the old one is there until the new one is whole. */
  async renew(bases: readonly Base[], batches: readonly Batch[]): Promise<void> {
    const successor = await this.#begin('.new', bases, batches)
    await successor.write()
    await this.#replaceBy(successor)
    await successor.of?.close()
  }

  /** Begins to do so while batches are appended, and has nobody wait for it: it is for `finishRenewal`. */
  async beginRenewal(bases: readonly Base[], batches: readonly Batch[]): Promise<Successor> {
    const successor = await this.#begin('.next', bases, batches)
    await successor.write(writeGently)
    return successor
  }

  /**
   * The last step, while nobody appends: `batches` came meanwhile. Gives the file before, to be closed: where it is not kept its bytes
   * go with that, which takes the disk longer than all of this. Where the file was written anew since, nothing is done, and nothing given.
   */
  async finishRenewal(successor: Successor, batches: readonly Batch[]): Promise<WritableFile | undefined> {
    if (successor.of === this.#file) {
      await successor.add(batches)
      await successor.write()
      await this.#replaceBy(successor)
      return successor.of
    }
    await successor.discard()
    return undefined
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  /** Removes what lies beside it, once it is closed. */
  removeRest(): Promise<void> {
    return this.#files.removeRest()
  }

  /** Gives where the room behind the frame ends. On a disk that has none there is none: what was to be written is. */
  async #writeWithRoom(frame: readonly Uint8Array[], end: number): Promise<number> {
    try {
      await this.#file!.write([...frame, room], this.#size)
      return end + room.length
    } catch (error) {
      if (!lacksRoom.has((error as NodeJS.ErrnoException).code)) throw error
      await this.#files.forgetKept()
      await this.#file!.write(frame, this.#size)
      return end
    }
  }

  async #begin(ending: Ending, bases: readonly Base[], batches: readonly Batch[]): Promise<Successor> {
    const successor = new Successor(this.#files, await this.#files.begin(ending), this.#file, bases)
    await successor.add(batches)
    return successor
  }

  async #replaceBy(successor: Successor): Promise<void> {
    const { file, room } = successor.draft
    try {
      await file.sync()
      step('ahead.rewritten')
      await this.#files.replaceBy(successor.draft, this.#written)
    } catch (error) {
      await file.close()
      throw error
    }
    this.#file = file
    this.#salt = successor.salt
    this.#size = successor.size
    this.#written = Math.max(successor.size, room)
  }
}

/**
 * Zeros that are written behind a frame for which the file is too short: as long as it does not grow, a sync brings bytes to the disk
 * and nothing about the file, which takes two thirds of the time.
 */
const room = Buffer.alloc(256 << 10)

/** What a disk, a quota or a file has that takes no more. */
const lacksRoom = new Set<string | undefined>(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** An ahead-file that is to take the place of another. */
class Successor {
  readonly draft: Draft
  /** The one before; nothing where there is none. */
  readonly of: WritableFile | undefined
  readonly salt = randomBytes(4).readUInt32BE()
  /** Bytes that are written. */
  size = 0
  readonly #files: TwoFiles
  #waiting: Buffer[]

  constructor(files: TwoFiles, draft: Draft, of: WritableFile | undefined, bases: readonly Base[]) {
    this.#files = files
    this.draft = draft
    this.of = of
    const head: Head = { bases }
    this.#waiting = [encodeHeader(format, this.salt), ...encodeFrame([Buffer.from(JSON.stringify(head))], this.salt)]
  }

  /** They are written with the next write. */
  async add(batches: readonly Batch[]): Promise<void> {
    const breath = takeBreaths()
    for (const batch of batches) {
      this.#waiting.push(...encodeFrame(encodeBatch(batch), this.salt))
      await breath()
    }
  }

  async write(how: typeof writeGently = (file, ...rest) => file.write(...rest)): Promise<void> {
    const pieces = this.#waiting.splice(0)
    try {
      await how(this.draft.file, pieces, this.size)
    } catch (error) {
      await this.discard()
      throw error
    }
    this.size += lengthOf(pieces)
  }

  discard(): Promise<void> {
    return this.#files.discard(this.draft)
  }
}

export type { Successor }

/** length of the description (4) | description (JSON) | table (28 an entry) | deferred bytes | entries */
function encodeBatch({ updates, deferred, pack, from, table, pieces }: Batch): Buffer[] {
  const entries = deferred.map(({ key, bytes }) => [key, bytes.length])
  const description = Buffer.from(JSON.stringify({ updates, deferred: entries, pack, from, table: table.length }))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(description.length)
  return [length, description, table, ...deferred.map(({ bytes }) => bytes), ...pieces]
}

function decodeBatch(body: Buffer): Batch {
  const end = 4 + body.readUInt32BE(0)
  const { updates, deferred, pack, from, table } = JSON.parse(body.toString('utf8', 4, end))
  let at = end + table
  const entries = (deferred as [string, number][]).map(([key, length]) => {
    const bytes = body.subarray(at, at + length)
    at += length
    return { key, bytes }
  })
  return { updates, deferred: entries, pack, from, table: body.subarray(end, end + table), pieces: [body.subarray(at)] }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CommitbaseError('unavailable', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
