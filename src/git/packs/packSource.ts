import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { CommitbaseError } from '../../errors.ts'
import { type EntryHead, longestHead, readHead } from './packEntry.ts'
import { PackIndex } from './packIndex.ts'
import { tableEntry } from './packTable.ts'

/** A pack on the disk that is copied. Who reads it waits for the disk, and so does the thread. */
export class PackSource {
  readonly index: PackIndex
  /** Where its entries end: the checksum comes behind them. */
  readonly end: number
  readonly #path: string
  readonly #file: number
  #window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }

  /** `name`: without an ending. Throws as the file system does where there is no such pack. */
  constructor(folder: string, name: string) {
    this.index = PackIndex.open(join(folder, `${name}.idx`))
    this.#path = join(folder, `${name}.pack`)
    this.#file = openSync(this.#path, 'r')
    this.end = fstatSync(this.#file).size - 20
  }

  /**
   * Throws `internal` where its bytes, or its index's, are not what their checksums are of: in another pack nobody would see that any
   * more.
   */
  check(): void {
    const hash = createHash('sha1')
    for (let at = 0; at < this.end; at += windowSize) hash.update(this.bytes(at, Math.min(this.end, at + windowSize)))
    const checksum = hash.digest()
    const isWhole = checksum.equals(this.bytes(this.end, this.end + 20))
    if (isWhole && this.index.isOf(checksum) && this.bytes(8, 12).readUInt32BE(0) === this.index.count) return
    throw new CommitbaseError('internal', `${this.#path} is damaged: its bytes are not those that were written`)
  }

  bytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from)
    return bytes.subarray(0, readSync(this.#file, bytes, 0, bytes.length, from))
  }

  /** Where its entries begin, in that order. */
  offsets(): Uint32Array {
    const offsets = new Uint32Array(this.index.count)
    let count = 0
    for (let first = 0; first < 256; first++) {
      const table = this.index.table(first)
      for (let at = 0; at < table.length; at += tableEntry) offsets[count++] = table.readUInt32BE(at + 24)
    }
    return offsets.sort()
  }

  /** The head of the entry there. Heads that are asked for in the order of the pack are read together. */
  head(offset: number): EntryHead {
    if (offset < this.#window.start || offset + longestHead > this.#window.start + this.#window.bytes.length)
      this.#window = { start: offset, bytes: this.bytes(offset, offset + windowSize) }
    return readHead(this.#window.bytes, offset - this.#window.start)
  }

  close(): void {
    this.index.close()
    closeSync(this.#file)
  }
}

/** Bytes. */
const windowSize = 1 << 20
