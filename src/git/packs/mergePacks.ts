import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { CommitbaseError } from '../../errors.ts'
import type { Files, WritableFile } from '../disk/files.ts'
import { EntryMoves } from './entryMoves.ts'
import { encodePackHeader, packHeader } from './growingPack.ts'
import { mergedEntries, type Place, type Twins, twinsOf } from './mergedEntries.ts'
import { moveEntry } from './packEntry.ts'
import { placeWritten } from './packFolder.ts'
import { encodeFanout } from './packIndex.ts'
import { PackSource } from './packSource.ts'

/**
 * Makes one pack of several in a folder, durably, and gives its name without an ending; those it was made of stay. Their entries are
 * copied as they are, one pack behind the other: a delta names its base by the distance to it (gitformat-pack), which stays the same.
 * An object that two packs have is left out of the second, and distances across it are written anew. However large the packs are, it
 * takes 8 bytes of memory an object, and some MiB.
 *
 * Throws `invalid` where they are too large for one pack, `internal` where one is damaged, and as the file system does; what it had
 * written goes. `mark`: what its files are called by until they are whole, see `unfinished`.
 */
export async function mergePacks(
  folder: string,
  names: readonly string[],
  files: Files,
  mark = randomBytes(8).toString('hex'),
): Promise<string> {
  const sources: PackSource[] = []
  try {
    for (const name of names) sources.push(new PackSource(folder, name))
    const size = sources.reduce((sum, { end }) => sum + end, 0)
    if (size > largestMerge) throw tooLarge(size)
    for (const source of sources) source.check()
    return await new Merge(folder, sources, files).run(mark)
  } finally {
    for (const source of sources) source.close()
  }
}

/** Bytes of packs that become one: the index says in 31 bits where an entry is. */
export const largestMerge = 0x7fffffff

/** What a merge of that mark leaves where its process is killed. */
export function unfinished(folder: string, mark: string): { readonly pack: string; readonly index: string } {
  return { pack: join(folder, `tmp_pack_${mark}`), index: join(folder, `tmp_idx_${mark}`) }
}

class Merge {
  readonly #folder: string
  readonly #sources: readonly PackSource[]
  readonly #files: Files
  readonly #twins: Twins
  readonly #moves: readonly EntryMoves[]

  constructor(folder: string, sources: readonly PackSource[], files: Files) {
    this.#folder = folder
    this.#sources = sources
    this.#files = files
    this.#twins = twinsOf(sources)
    this.#moves = sources.map(() => new EntryMoves())
  }

  async run(mark: string): Promise<string> {
    const { pack, index } = unfinished(this.#folder, mark)
    try {
      const checksum = await this.#write(pack, (output) => this.#writePack(output))
      await this.#write(index, (output) => this.#writeIndex(output, checksum))
      return await placeWritten(this.#folder, { checksum: checksum.toString('hex'), pack, index }, this.#files)
    } catch (error) {
      for (const path of [pack, index]) await this.#files.remove(path)
      throw error
    }
  }

  /** Gives the checksum that it ends with. */
  async #write(path: string, write: (output: HashedFile) => Promise<void>): Promise<Buffer> {
    const file = await this.#files.create(path, { mode: 0o444 })
    try {
      const output = new HashedFile(file)
      await write(output)
      return await output.finish()
    } finally {
      await file.close()
    }
  }

  async #writePack(output: HashedFile): Promise<void> {
    const count = this.#twins.counts.reduce((sum, count) => sum + count, 0)
    await output.write(encodePackHeader(count))
    for (const [source, { end }] of this.#sources.entries()) {
      this.#moves[source]!.move(packHeader, output.size - packHeader)
      if (this.#twins.of[source]!.size === 0) await this.#copy(source, packHeader, end, output)
      else await this.#copyOthers(source, output)
    }
    // Distances that are written anew may take more bytes.
    if (output.size > largestMerge) throw tooLarge(output.size)
  }

  async #copy(source: number, from: number, to: number, output: HashedFile): Promise<void> {
    const pack = this.#sources[source]!
    for (let at = from; at < to; at += portion) await output.write(pack.bytes(at, Math.min(to, at + portion)))
  }

  /** All entries but those that an earlier pack has. */
  async #copyOthers(source: number, output: HashedFile): Promise<void> {
    const pack = this.#sources[source]!
    const offsets = pack.offsets()
    let copied = packHeader
    for (const [place, offset] of offsets.entries()) {
      const end = offsets[place + 1] ?? pack.end
      const isTwin = this.#twins.of[source]!.has(offset)
      const distance = isTwin ? undefined : this.#distanceNow(source, offset, output.size + offset - copied)
      if (!isTwin && distance === undefined) continue
      await this.#copy(source, copied, offset, output)
      copied = end
      if (distance !== undefined) {
        const moved = moveEntry(pack.bytes(offset, end), distance)
        this.#moves[source]!.rewrite(offset, crc32(moved))
        await output.write(moved)
      }
      this.#moves[source]!.move(end, output.size - end)
    }
    await this.#copy(source, copied, pack.end, output)
  }

  /** How far before the entry, which is written at `now`, its base is; nothing where that is as before. */
  #distanceNow(source: number, offset: number, now: number): number | undefined {
    const { distance } = this.#sources[source]!.head(offset)
    if (distance === undefined) return undefined
    const moved = now - this.#placeNow({ source, offset: offset - distance })
    if (moved <= 0) throw new CommitbaseError('internal', 'a delta in a pack comes before what it is a delta of')
    return moved === distance ? undefined : moved
  }

  /** Where an entry is that has been written: itself, or the one whose twin it is. */
  #placeNow({ source, offset }: Place): number {
    const twin = this.#twins.of[source]!.get(offset)
    return twin ? this.#placeNow(twin) : this.#moves[source]!.of(offset)
  }

  async #writeIndex(output: HashedFile, packChecksum: Buffer): Promise<void> {
    const { counts, of: twins } = this.#twins
    await output.write(encodeFanout(counts))
    const checksums: Buffer[] = []
    const offsets: Buffer[] = []
    for (const [first, count] of counts.entries()) {
      const [ids, crcs, places] = [20, 4, 4].map((width) => Buffer.allocUnsafe(width * count)) as [
        Buffer,
        Buffer,
        Buffer,
      ]
      let kept = 0
      const { table, sorted, placeOf } = mergedEntries(this.#sources, first)
      for (const entry of sorted) {
        const { source, offset } = placeOf(entry)
        if (twins[source]!.has(offset)) continue
        table.copy(ids, kept * 20, entry, entry + 20)
        crcs.writeUInt32BE(this.#moves[source]!.checksumOf(offset) ?? table.readUInt32BE(entry + 20), kept * 4)
        places.writeUInt32BE(this.#moves[source]!.of(offset), kept * 4)
        kept += 1
      }
      await output.write(ids)
      checksums.push(crcs)
      offsets.push(places)
    }
    for (const piece of [...checksums, ...offsets, packChecksum]) await output.write(piece)
  }
}

function tooLarge(size: number): CommitbaseError {
  return new CommitbaseError('invalid', `packs of ${size} bytes are too many for one`)
}

/** Bytes that are copied at once. */
const portion = 1 << 20

/** Pieces that are written at once. */
const mostWaiting = 1_000

/** A file that ends with the SHA-1 of what is in it. */
class HashedFile {
  readonly #file: WritableFile
  readonly #hash = createHash('sha1')
  #size = 0
  /** Bytes that the file has. */
  #written = 0
  /** What it does not have yet: small pieces go together. */
  #waiting: Buffer[] = []

  constructor(file: WritableFile) {
    this.#file = file
  }

  get size(): number {
    return this.#size
  }

  async write(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes)
    this.#append(bytes)
    if (this.#size - this.#written >= portion || this.#waiting.length >= mostWaiting) await this.#flush()
  }

  /** Resolves when all of it is durable. */
  async finish(): Promise<Buffer> {
    const checksum = this.#hash.digest()
    this.#append(checksum)
    await this.#flush()
    await this.#file.sync()
    return checksum
  }

  #append(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#size += bytes.length
  }

  async #flush(): Promise<void> {
    const pieces = this.#waiting
    this.#waiting = []
    await this.#file.write(pieces, this.#written)
    this.#written = this.#size
  }
}
