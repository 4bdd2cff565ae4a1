import { createHash, hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { CommitbaseError } from '../../errors.ts'
import { closeBeside } from '../disk/closeBeside.ts'
import type { Oid } from '../objects/object.ts'
import { placeInSorted } from '../objects/sortedOids.ts'
import { sharedBuffer } from '../sharedBuffer.ts'
import { tableEntry } from './packTable.ts'

/**
 * A pack's index (gitformat-pack, "Version 2 pack-*.idx files") of a `PackTable`'s entries: fan-out, ids, checksums, offsets, the
 * two trailers.
 */
export function encodeIndex(table: Buffer, packChecksum: Buffer): Buffer {
  const places = sortByOid(table)
  const count = places.length
  const index = Buffer.allocUnsafeSlow(oidsAt + count * 28 + 40)
  const counts = Array<number>(256).fill(0)
  for (let at = 0; at < table.length; at += tableEntry) counts[table[at]!]! += 1
  encodeFanout(counts).copy(index)
  const checksums = oidsAt + count * 20
  const offsets = checksums + count * 4
  // All of it lies at multiples of four: words are moved in a quarter of the time that calls for their bytes take.
  const [from, to] = [wordsOf(table), wordsOf(index)]
  let [id, checksum, offset] = [oidsAt / 4, checksums / 4, offsets / 4]
  for (let place = 0; place < count; place++) {
    let at = places[place]! * (tableEntry / 4)
    for (let word = 0; word < 5; word++) to[id++] = from[at++]!
    to[checksum++] = from[at++]!
    to[offset++] = from[at++]!
  }
  const trailers = offsets + count * 4
  packChecksum.copy(index, trailers)
  hash('sha1', index.subarray(0, trailers + 20), 'buffer').copy(index, trailers + 20)
  return index
}

/** The same memory, four bytes at a time. */
function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
}

/** An index as far as its first id, of how many ids begin with each byte. */
export function encodeFanout(counts: readonly number[]): Buffer {
  const head = Buffer.allocUnsafe(oidsAt)
  head.writeUInt32BE(magic, 0)
  head.writeUInt32BE(2, 4)
  let sum = 0
  for (const [first, count] of counts.entries()) {
    sum += count
    head.writeUInt32BE(sum, fanoutAt + first * 4)
  }
  return head
}

/**
 * The places of the entries in the order of their ids. Numbers sort much quicker than ids: each has 53 bits, of which its place takes
 * what the number of entries asks for, and the id's first ones the rest, 32 at most.
 */
export function sortByOid(table: Buffer): Uint32Array {
  const count = table.length / tableEntry
  const placeBits = Math.max(21, Math.ceil(Math.log2(count)))
  const [places, dropped] = [2 ** placeBits, placeBits - 21]
  const keys = new Float64Array(count)
  for (let place = 0; place < count; place++)
    keys[place] = (table.readUInt32BE(place * tableEntry) >>> dropped) * places + place
  keys.sort()
  const sorted = new Uint32Array(count)
  let before = -1
  for (let at = 0; at < count; at++) {
    const first = Math.floor(keys[at]! / places)
    sorted[at] = keys[at]! - first * places
    if (first === before) moveDown(table, sorted, at)
    before = first
  }
  return sorted
}

/** Brings the one at that place before those that begin alike and whose ids are higher. */
function moveDown(table: Buffer, sorted: Uint32Array, from: number): void {
  for (let at = from; at > 0 && compareOids(table, sorted[at]!, sorted[at - 1]!) < 0; at--)
    [sorted[at - 1], sorted[at]] = [sorted[at]!, sorted[at - 1]!]
}

function compareOids(table: Buffer, a: number, b: number): number {
  const difference = table.readUInt32BE(a * tableEntry) - table.readUInt32BE(b * tableEntry)
  if (difference !== 0) return difference
  return table.compare(table, b * tableEntry, b * tableEntry + 20, a * tableEntry, a * tableEntry + 20)
}

const magic = 0xff744f63
const fanoutAt = 8
const oidsAt = fanoutAt + 1_024

/** A pack's index on the disk, looked into where it is needed; `load` holds its ids and offsets, which is quicker. */
export class PackIndex {
  readonly #file: number
  readonly #fanout: Uint32Array
  readonly #window = Buffer.allocUnsafe(windowEntries * 20)
  /** The sorted ids, and their offsets in the same order. */
  #loaded: Columns | undefined
  #looks = 0

  private constructor(file: number, fanout: Uint32Array) {
    this.#file = file
    this.#fanout = fanout
  }

  /** Throws as the file system does where there is no such file, `internal` where it is no index of version 2. */
  static open(path: string): PackIndex {
    const file = openSync(path, 'r')
    const head = Buffer.alloc(oidsAt)
    const isWhole =
      readSync(file, head, 0, oidsAt, 0) === oidsAt && head.readUInt32BE(0) === magic && head.readUInt32BE(4) === 2
    const fanout = Uint32Array.from({ length: 256 }, (_, first) => head.readUInt32BE(fanoutAt + first * 4))
    if (isWhole && statSync(path).size >= oidsAt + fanout[255]! * 28 + 40) return new PackIndex(file, fanout)
    closeSync(file)
    throw new CommitbaseError('internal', `${path} is no pack index of version 2; git index-pack makes it anew`)
  }

  get count(): number {
    return this.#fanout[255]!
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined
  }

  /** Whether so much was looked for here that reading all of it at once would have been quicker, soon. */
  get isBusy(): boolean {
    return this.#looks >= Math.max(fewLooks, this.count / objectsPerLook)
  }

  /** Takes 24 bytes of memory an object. */
  load(): void {
    this.#loaded ??= this.#columns(0, this.count, sharedBuffer)
  }

  /** Where the object is in the pack; nothing where it is not in it. */
  find(oid: Oid): number | undefined {
    // What is no id is in no pack; and it must not leave the last one there.
    if (oid.length !== 40 || sought.write(oid, 'hex') !== 20) return undefined
    this.#looks++
    const place = this.#loaded ? this.#placeIn(this.#loaded.ids, sought) : this.#placeOf(sought)
    return place === undefined ? undefined : this.#offsetAt(place)
  }

  /** Where those of the objects are that are in the pack, for many: ids that begin alike are looked for together. */
  findMany(oids: readonly Oid[]): { readonly oid: Oid; readonly offset: number }[] {
    const found: { oid: Oid; offset: number }[] = []
    const isWorthAll = oids.length > this.#fanout.length && this.count <= mostAtOnce
    const whole = this.#loaded ?? (isWorthAll ? this.#columns(0, this.count) : undefined)
    for (const [digits, group] of Map.groupBy(oids, (oid) => oid.slice(0, 2))) {
      const first = Number.parseInt(digits, 16)
      const low = first === 0 ? 0 : this.#fanout[first - 1]!
      const count = this.#fanout[first]! - low
      const { ids, offsets } = whole
        ? { ids: whole.ids.subarray(low * 20), offsets: whole.offsets.subarray(low * 4) }
        : this.#columns(low, count)
      for (const oid of group) {
        const place = placeInSorted(ids, Buffer.from(oid, 'hex'), 0, count)
        if (place === undefined) continue
        const small = offsets.readUInt32BE(place * 4)
        found.push({ oid, offset: small < 0x80000000 ? small : this.#offsetAt(low + place) })
      }
    }
    return found
  }

  /** Every object of the pack, in the order of their ids. */
  entries(): { readonly oid: Oid; readonly offset: number }[] {
    const { count } = this
    const bytes = Buffer.alloc(count * 28)
    readSync(this.#file, bytes, 0, bytes.length, oidsAt)
    return Array.from({ length: count }, (_, place) => ({
      oid: bytes.toString('hex', place * 20, place * 20 + 20),
      offset: bytes.readUInt32BE(count * 24 + place * 4),
    }))
  }

  /** Whether it is the index of the pack of that checksum, and its bytes are those that were written. */
  isOf(packChecksum: Buffer): boolean {
    const end = fstatSync(this.#file).size - 20
    const hash = createHash('sha1')
    const bytes = Buffer.allocUnsafe(1 << 20)
    for (let at = 0; at < end; at += bytes.length)
      hash.update(bytes.subarray(0, readSync(this.#file, bytes, 0, Math.min(bytes.length, end - at), at)))
    const trailers = Buffer.alloc(40)
    readSync(this.#file, trailers, 0, 40, end - 20)
    return trailers.equals(Buffer.concat([packChecksum, hash.digest()]))
  }

  /** The entries whose ids begin with that byte, as they are in a `PackTable`. Throws `internal` where an offset has more than 31 bits. */
  table(first: number): Buffer {
    const low = first === 0 ? 0 : this.#fanout[first - 1]!
    const count = this.#fanout[first]! - low
    const [ids, checksums, offsets] = [
      this.#part(0, 20, low, count),
      this.#part(20, 4, low, count),
      this.#part(24, 4, low, count),
    ]
    const table = Buffer.allocUnsafe(count * tableEntry)
    for (let place = 0; place < count; place++) {
      const at = place * tableEntry
      ids.copy(table, at, place * 20, (place + 1) * 20)
      checksums.copy(table, at + 20, place * 4, (place + 1) * 4)
      offsets.copy(table, at + 24, place * 4, (place + 1) * 4)
      if (table[at + 24]! > 0x7f) throw new CommitbaseError('internal', 'a pack is larger than its offsets say')
    }
    return table
  }

  close(): void {
    closeBeside(this.#file)
  }

  /** The ids and offsets of so many entries, from one on. */
  #columns(from: number, count: number, memory: Memory = Buffer.allocUnsafeSlow): Columns {
    return { ids: this.#part(0, 20, from, count, memory), offsets: this.#part(24, 4, from, count, memory) }
  }

  /** Bytes of so many entries, from one on: their tables lie one behind the other. `before`: bytes an entry of the tables before. */
  #part(before: number, width: number, from: number, count: number, memory: Memory = Buffer.allocUnsafeSlow): Buffer {
    const bytes = memory(count * width)
    readSync(this.#file, bytes, 0, bytes.length, oidsAt + this.count * before + from * width)
    return bytes
  }

  #placeIn(ids: Buffer, wanted: Buffer): number | undefined {
    const first = wanted[0]!
    const low = first === 0 ? 0 : this.#fanout[first - 1]!
    return placeInSorted(ids, wanted, low, this.#fanout[first]!)
  }

  /** Ids are spread evenly: a guess by the next bytes is a few entries off at most, and one window read shows it. */
  #placeOf(wanted: Buffer): number | undefined {
    const first = wanted[0]!
    let low = first === 0 ? 0 : this.#fanout[first - 1]!
    let high = this.#fanout[first]!
    const share = wanted.readUInt32BE(1) / 2 ** 32
    let from = Math.floor(low + (high - low) * share) - windowEntries / 2
    while (low < high) {
      from = Math.max(low, Math.min(from, high - windowEntries))
      const count = Math.min(windowEntries, high - from)
      readSync(this.#file, this.#window, 0, count * 20, oidsAt + from * 20)
      if (this.#compare(wanted, 0) < 0) high = from
      else if (this.#compare(wanted, count - 1) > 0) low = from + count
      else {
        const place = placeInSorted(this.#window, wanted, 0, count)
        return place === undefined ? undefined : from + place
      }
      from = Math.floor((low + high) / 2) - windowEntries / 2
    }
    return undefined
  }

  #compare(wanted: Buffer, place: number): number {
    return wanted.compare(this.#window, place * 20, place * 20 + 20)
  }

  /** The highest bit says that the offset is too large for 31 bits: the others are its place in a table of 8-byte offsets. */
  #offsetAt(place: number): number {
    const small = this.#loaded
      ? this.#loaded.offsets.readUInt32BE(place * 4)
      : this.#read(oidsAt + this.count * 24 + place * 4, 4).readUInt32BE(0)
    if (small < 0x80000000) return small
    return Number(this.#read(oidsAt + this.count * 28 + (small - 0x80000000) * 8, 8).readBigUInt64BE(0))
  }

  #read(position: number, length: number): Buffer {
    readSync(this.#file, small, 0, length, position)
    return small
  }
}

type Memory = (length: number) => Buffer

interface Columns {
  readonly ids: Buffer
  readonly offsets: Buffer
}

/** Objects of an index that is read at once for many: 24 bytes each. */
const mostAtOnce = 200_000

/** Looks into an index on the disk: together a millisecond. */
const fewLooks = 100

/** Objects of an index that are read in the time of one look. */
const objectsPerLook = 1_000

const sought = Buffer.alloc(20)

const windowEntries = 64
const small = Buffer.alloc(8)
