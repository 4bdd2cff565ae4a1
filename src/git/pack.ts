import { hash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import { CommitbaseError } from '../errors.ts'
import type { GitObject, ObjectType, Oid } from './object.ts'

export interface Pack {
  /** As git names it: the pack's checksum in hex. */
  readonly checksum: string
  readonly pack: Buffer
  /** The pack's index, version 2. */
  readonly index: Buffer
}

/** One pack of the objects, whole and without deltas, each of them once: git refuses a pack that holds an object twice. */
export function encodePack(objects: Iterable<GitObject>): Pack {
  const unique = [...new Map([...objects].map((object) => [object.oid, object])).values()]
  const entries: Entry[] = []
  const parts = [packHeader(unique.length)]
  let offset = parts[0]!.length
  for (const object of unique) {
    const bytes = encodeEntry(object)
    entries.push({ oid: object.oid, offset, crc: crc32(bytes) })
    parts.push(bytes)
    offset += bytes.length
  }
  if (offset > 0x7fffffff) throw new CommitbaseError('internal', `a batch of ${offset} bytes is too big for one pack`)
  const body = Buffer.concat(parts)
  const checksum = hash('sha1', body, 'buffer')
  return {
    checksum: checksum.toString('hex'),
    pack: Buffer.concat([body, checksum]),
    index: encodeIndex(entries, checksum),
  }
}

/** gitformat-pack: `PACK`, version, number of objects. */
function packHeader(count: number): Buffer {
  const header = Buffer.alloc(12)
  header.write('PACK')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(count, 8)
  return header
}

/** Type and size in a variable-length number (4 bits, then 7 a byte, lowest first), and the deflated body. */
function encodeEntry({ type, body }: GitObject): Buffer {
  const header: number[] = []
  let byte = (typeNumbers[type] << 4) | (body.length & 0x0f)
  for (let rest = Math.floor(body.length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    header.push(byte | 0x80)
    byte = rest & 0x7f
  }
  header.push(byte)
  return Buffer.concat([Buffer.from(header), deflateSync(body, { level: 1 })])
}

/** gitformat-pack, "version 2 pack-*.idx files": fan-out, ids, checksums, offsets, the two trailers. */
function encodeIndex(entries: readonly Entry[], packChecksum: Buffer): Buffer {
  const sorted = entries.toSorted((a, b) => (a.oid < b.oid ? -1 : 1))
  const index = Buffer.alloc(8 + 1024 + sorted.length * 28 + 20)
  index.writeUInt32BE(0xff744f63, 0)
  index.writeUInt32BE(2, 4)
  writeFanout(index, sorted)
  const oids = 8 + 1024
  const checksums = oids + sorted.length * 20
  const offsets = checksums + sorted.length * 4
  for (const [place, entry] of sorted.entries()) {
    index.write(entry.oid, oids + place * 20, 'hex')
    index.writeUInt32BE(entry.crc, checksums + place * 4)
    index.writeUInt32BE(entry.offset, offsets + place * 4)
  }
  packChecksum.copy(index, offsets + sorted.length * 4)
  return Buffer.concat([index, hash('sha1', index, 'buffer')])
}

/** For each first byte: how many ids start with it or a smaller one. */
function writeFanout(index: Buffer, sorted: readonly Entry[]): void {
  let place = 0
  for (let first = 0; first < 256; first++) {
    while (place < sorted.length && Number.parseInt(sorted[place]!.oid.slice(0, 2), 16) === first) place++
    index.writeUInt32BE(place, 8 + first * 4)
  }
}

const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }

interface Entry {
  readonly oid: Oid
  readonly offset: number
  readonly crc: number
}
