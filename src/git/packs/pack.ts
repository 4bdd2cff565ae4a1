import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { CommitbaseError } from '../../errors.ts'
import type { GitObject } from '../objects/object.ts'
import { encodePackHeader, GrowingPack, type PackPart, packHeader } from './growingPack.ts'
import { encodeIndex } from './packIndex.ts'
import { tableEntry } from './packTable.ts'

/** A pack as it goes to the disk. */
export interface Pack {
  /** As git names it: the pack's checksum in hex. */
  readonly checksum: string
  /** Its bytes, in pieces. */
  readonly pack: readonly Buffer[]
  /** The pack's index, version 2. */
  readonly index: Buffer
}

/** One pack of the objects, whole and without deltas, each of them once. */
export function encodePack(objects: Iterable<GitObject>): Pack {
  const pack = new GrowingPack()
  for (const object of objects) pack.add(object)
  return finishPack(pack.part())
}

/** The pack of those entries: header in front, checksum behind (gitformat-pack), and its index. */
export function finishPack(part: PackPart): Pack {
  const { size, count, pieces } = part
  if (size > 0x7fffffff) throw new CommitbaseError('internal', `a batch of ${size} bytes is too big for one pack`)
  const header = encodePackHeader(count)
  const hash = createHash('sha1').update(header)
  for (const piece of pieces) hash.update(piece)
  const checksum = hash.digest()
  return {
    checksum: checksum.toString('hex'),
    pack: [header, ...pieces, checksum],
    index: encodeIndex(tableWithSums(part), checksum),
  }
}

/** The table with the CRC-32 of each entry: a growing pack leaves that to whoever finishes it, which is a thread of its own. */
export function tableWithSums({ size, table, sums, pieces }: PackPart): Buffer {
  const filled = Buffer.from(table)
  let [piece, start, end] = [-1, packHeader, packHeader]
  for (let [place, at] = [0, 0]; at < filled.length; place++, at += tableEntry) {
    if (sums[place] === 0) {
      const from = filled.readUInt32BE(at + 24)
      const to = at + tableEntry < filled.length ? filled.readUInt32BE(at + tableEntry + 24) : size
      while (from >= end) {
        start = end
        end += pieces[++piece]!.length
      }
      sums[place] = crc32(pieces[piece]!.subarray(from - start, to - start))
    }
    filled.writeUInt32BE(sums[place]!, at + 20)
  }
  return filled
}
