import { readSync } from 'node:fs'
import { sharedBuffer } from '../sharedBuffer.ts'

/** What pages are of: a file that never changes, and a number that no other one has. */
export interface PagedFile {
  readonly number: number
  readonly file: number
}

/**
 * Pages of packs that were read last, up to a number of them. The system has them in memory, too, but to ask it takes longer than
 * to find and inflate a record.
 */
export class PackPages {
  #bytes: Buffer | undefined
  /** Which page each place has, -1 for none. */
  readonly #pages = new Float64Array(places).fill(-1)

  /** The memory that pages lie in; whoever reads another page may find another one in it. */
  get bytes(): Buffer {
    this.#bytes ??= sharedBuffer(places * pageSize)
    return this.#bytes
  }

  /** Where the page with that byte of the file begins in `bytes`. Behind the end of the file there are zeros. */
  find(file: PagedFile, offset: number): number {
    const page = Math.floor(offset / pageSize)
    const key = file.number * mostPages + page
    // Neighbors have places of their own, and so have the pages of files of some hundred megabytes.
    const place = (page + file.number * 1_009) % places
    if (this.#pages[place] !== key) this.#read(file, page, place, key)
    return place * pageSize
  }

  #read({ file }: PagedFile, page: number, place: number, key: number): void {
    this.#pages[place] = -1
    const start = place * pageSize
    const length = readSync(file, this.bytes, start, pageSize, page * pageSize)
    if (length < pageSize) this.bytes.fill(0, start + length, start + pageSize)
    this.#pages[place] = key
  }
}

/** Bytes. */
export const pageSize = 8 << 10

/** 32 MiB of them. */
const places = 4_096

/** Of a file. */
const mostPages = 2 ** 32
