import { applyDelta } from '../objects/delta.ts'
import type { GitObject, NewObject, ObjectType, Oid } from '../objects/object.ts'
import { sharedBuffer } from '../sharedBuffer.ts'
import { longestEntry, readBody, readHead, writeDeltaEntry, writeEntry } from './packEntry.ts'
import { PackTable, tableEntry } from './packTable.ts'

/** Bytes of a pack before its first entry: `PACK`, version, number of objects. */
export const packHeader = 12

export function encodePackHeader(objects: number): Buffer {
  const header = Buffer.alloc(packHeader)
  header.write('PACK')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(objects, 8)
  return header
}

/** A pack as far as it has grown, for who writes it to the disk: nothing of it ever changes. */
export interface PackPart {
  /** Bytes of the pack, its header included. */
  readonly size: number
  readonly count: number
  /** `PackTable`'s bytes of the entries, without their checksums. */
  readonly table: Buffer
  /** The entries' checksums, as far as somebody has made them; 0 where nobody has. Who makes one leaves it here for the next part. */
  readonly sums: Uint32Array
  /** The entries, in pieces. */
  readonly pieces: readonly Buffer[]
}

/**
 * A pack in memory that objects are put behind: each once, since git refuses a pack that holds one twice. What has been
 * written is never changed, so that whoever writes a part of it to the disk need not hold up who puts more behind it.
 */
export class GrowingPack {
  readonly #table = new PackTable()
  readonly #chunks: Chunk[] = []
  #size = packHeader

  /** Bytes of it so far, its header included. */
  get size(): number {
    return this.#size
  }

  /** How many objects it has. */
  get count(): number {
    return this.#table.count
  }

  /** All that it has now. */
  part(): PackPart {
    const { size, count } = this
    return {
      size,
      count,
      table: this.#table.bytes(count),
      sums: this.#table.sums(count),
      pieces: this.#slices(packHeader, size),
    }
  }

  /** What came behind the first so many objects. */
  tail(count: number): { readonly from: number; readonly table: Buffer; readonly pieces: readonly Buffer[] } {
    const from = count < this.count ? this.#table.offset(count) : this.#size
    const table = this.#table.bytes(this.count).subarray(count * tableEntry)
    return { from, table, pieces: this.#slices(from, this.#size) }
  }

  /**
   * Puts an object behind the others, as a delta where its base is in this pack; one that is there already stays where it is.
   * Gives `false`, and does nothing, for a delta without a base here and without the whole.
   */
  add({ oid, type, body, delta }: NewObject): boolean {
    if (this.#table.find(oid) >= 0) return true
    const base = delta ? this.#table.find(delta.base) : -1
    if (delta && base >= 0) {
      const chunk = this.#roomFor(longestEntry(delta.bytes.length))
      this.#note(oid, chunk, writeDeltaEntry(chunk.bytes, chunk.filled, this.#size - base, delta.bytes))
    } else if (body) {
      const chunk = this.#roomFor(longestEntry(body.length))
      this.#note(oid, chunk, writeEntry(chunk.bytes, chunk.filled, type, body))
    } else return false
    return true
  }

  /** Puts bytes behind the others that are an entry already, as a pack or an ahead-file has them. */
  addEntry(oid: Oid, bytes: Buffer): void {
    const chunk = this.#roomFor(bytes.length)
    this.#note(oid, chunk, chunk.filled + bytes.copy(chunk.bytes, chunk.filled))
  }

  /** Takes away all objects but so many. */
  truncate(count: number): void {
    const size = count < this.count ? this.#table.offset(count) : this.#size
    this.#table.truncate(count)
    this.#size = size
    while (this.#chunks.length > 0 && this.#chunks.at(-1)!.start >= size) this.#chunks.pop()
    const chunk = this.#chunks.at(-1)
    if (chunk) chunk.filled = size - chunk.start
  }

  /** The object, where it is here. Its body may share the pack's memory: it must not be changed. */
  read(oid: Oid): GitObject | undefined {
    const offset = this.#table.find(oid)
    if (offset < 0) return undefined
    const { type, body } = this.#readAt(offset)
    return { oid, type, body }
  }

  /** The bytes from one place to another, at most so many pieces as there are chunks. */
  #slices(from: number, to: number): Buffer[] {
    const slices: Buffer[] = []
    for (let place = this.#chunks.length - 1; place >= 0; place--) {
      const { start, bytes, filled } = this.#chunks[place]!
      if (start + filled <= from) break
      slices.push(bytes.subarray(Math.max(0, from - start), Math.min(filled, to - start)))
    }
    return slices.reverse()
  }

  #note(oid: Oid, chunk: Chunk, end: number): void {
    this.#table.push(oid, this.#size)
    this.#size += end - chunk.filled
    chunk.filled = end
  }

  #roomFor(length: number): Chunk {
    const last = this.#chunks.at(-1)
    if (last && last.bytes.length - last.filled >= length) return last
    const chunk = { start: this.#size, bytes: sharedBuffer(Math.max(last ? nextChunk : firstChunk, length)), filled: 0 }
    this.#chunks.push(chunk)
    return chunk
  }

  #readAt(offset: number): { type: ObjectType; body: Buffer } {
    const { start, bytes } = this.#chunkAt(offset)
    const head = readHead(bytes, offset - start)
    const body = readBody(bytes, head)
    if (head.type !== 'delta') return { type: head.type, body }
    const base = this.#readAt(offset - head.distance!)
    return { type: base.type, body: applyDelta(base.body, body) }
  }

  #chunkAt(offset: number): Chunk {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#chunks[middle]!.start <= offset) low = middle
      else high = middle - 1
    }
    return this.#chunks[low]!
  }
}

interface Chunk {
  /** The pack's offset of its first byte. */
  readonly start: number
  readonly bytes: Buffer
  filled: number
}

/** Bytes: most packs stay smaller. */
const firstChunk = 1 << 20

/**
 * Bytes that no pack fills. They are the system's until they are written to, and its again when the pack is gone: from 32 MiB on the C
 * library keeps no memory for itself (mallopt(3), M_MMAP_THRESHOLD). Chunks of 1 MiB among trees that stay left it with holes of 170 MB.
 */
const nextChunk = 33 << 20
