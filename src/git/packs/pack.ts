import { createHash } from 'node:crypto'
import { CommitbaseError } from '../../errors.ts'
import type { GitObject } from '../objects/object.ts'
import { encodePackHeader, GrowingPack, type PackPart } from './growingPack.ts'
import { encodeIndex } from './packIndex.ts'

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
export function finishPack({ size, count, table, pieces }: PackPart): Pack {
  if (size > 0x7fffffff) throw new CommitbaseError('internal', `a batch of ${size} bytes is too big for one pack`)
  const header = encodePackHeader(count)
  const hash = createHash('sha1').update(header)
  for (const piece of pieces) hash.update(piece)
  const checksum = hash.digest()
  return {
    checksum: checksum.toString('hex'),
    pack: [header, ...pieces, checksum],
    index: encodeIndex(table, checksum),
  }
}
