import { openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { closeBeside } from '../disk/closeBeside.ts'
import type { ObjectType, Oid } from '../objects/object.ts'
import { type EntryHead, longestEntry, longestHead, readBody, readHead } from './packEntry.ts'
import { PackIndex } from './packIndex.ts'
import { type PackPages, type PagedFile, pageSize } from './packPages.ts'

/** An entry of a pack: an object's body, or the delta that makes it of the entry so far before it or of the object `base`. */
export interface PackEntry {
  readonly type: ObjectType | 'delta'
  readonly distance: number | undefined
  readonly base: Oid | undefined
  readonly body: Buffer
}

/** A pack on the disk that objects are read from. */
export class OpenPack implements PagedFile {
  /** The name of its index. */
  readonly name: string
  readonly index: PackIndex
  readonly file: number
  readonly number = ++opened
  readonly #pages: PackPages

  constructor(folder: string, name: string, pages: PackPages) {
    this.name = name
    this.index = PackIndex.open(join(folder, name))
    try {
      this.file = openSync(join(folder, name.replace(/idx$/, 'pack')), 'r')
    } catch (error) {
      this.index.close()
      throw error
    }
    this.#pages = pages
  }

  /** The entry that starts there. */
  read(offset: number): PackEntry {
    const page = this.#pages.find(this, offset)
    const at = page + (offset % pageSize)
    if (at + longestHead > page + pageSize) return this.#readAcross(offset)
    const { bytes } = this.#pages
    const head = readHead(bytes, at)
    if (head.data + longestEntry(head.size) > page + pageSize) return this.#readAcross(offset)
    const body = readBody(bytes, head)
    return entryOf(head, body.buffer === bytes.buffer ? Buffer.from(body) : body)
  }

  /** Fewer at the end of the file. */
  bytes(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    return bytes.subarray(0, readSync(this.file, bytes, 0, length, offset))
  }

  close(): void {
    this.index.close()
    closeBeside(this.file)
  }

  /** One that does not lie in one page. */
  #readAcross(offset: number): PackEntry {
    const first = this.bytes(offset, firstRead)
    const head = readHead(first, 0)
    const most = longestEntry(head.size) + head.data
    return entryOf(head, readBody(most <= first.length ? first : this.bytes(offset, most), head))
  }
}

let opened = 0

function entryOf({ type, distance, base }: EntryHead, body: Buffer): PackEntry {
  return { type, distance, base, body }
}

/** Bytes: most entries end within them. */
const firstRead = 1_024
