import { deflateSync, inflateSync } from 'node:zlib'
import { CommitbaseError } from '../../errors.ts'
import type { ObjectType, Oid } from '../objects/object.ts'
import { adler32 } from './adler32.ts'
import { inflateSmall } from './inflate.ts'

/** The numbers of the types in a pack (gitformat-pack). 6: a delta against an entry before it in the pack; 7: against an object by id. */
const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }
const typeNames: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag']
const offsetDelta = 6
const idDelta = 7

/** An entry's first bytes, read. */
export interface EntryHead {
  /** What the entry holds: an object, or a delta against the entry that starts `distance` before it, or against the object `base`. */
  readonly type: ObjectType | 'delta'
  readonly distance?: number
  readonly base?: Oid
  /** Bytes of the body or of the delta. */
  readonly size: number
  /** Where the compressed bytes begin. */
  readonly data: number
}

/** At most so many bytes for an entry of a body or delta of that size: head, zlib's own bytes, and five for each stored block. */
export function longestEntry(size: number): number {
  return 48 + size + 5 * Math.ceil((size + 1) / 16_000)
}

/** Writes an entry of the whole body. Gives where it ends. */
export function writeEntry(target: Buffer, at: number, type: ObjectType, body: Buffer): number {
  const most = type === 'tree' ? storedTree : stored
  return writeCompressed(target, writeHead(target, at, typeNumbers[type], body.length), body, most)
}

/** Writes an entry of a tree's delta against the entry that starts that many bytes before it. Gives where it ends. */
export function writeDeltaEntry(target: Buffer, at: number, distance: number, delta: Buffer): number {
  return writeCompressed(
    target,
    writeDistance(target, writeHead(target, at, offsetDelta, delta.length), distance),
    delta,
    storedTree,
  )
}

/** The same entry of a delta, with its base so far before it. */
export function moveEntry(entry: Buffer, distance: number): Buffer {
  const { size, data } = readHead(entry, 0)
  const moved = Buffer.allocUnsafe(entry.length + longestHead)
  const start = writeDistance(moved, writeHead(moved, 0, offsetDelta, size), distance)
  return moved.subarray(0, start + entry.copy(moved, start, data))
}

/** Bytes of a head: its size takes at most 10, a base's id 20. */
export const longestHead = 32

/** Reads the head of the entry that starts there. Throws `internal` for a type that there is not. */
export function readHead(bytes: Buffer, start: number): EntryHead {
  let at = start
  let byte = bytes[at++]!
  const number = (byte >> 4) & 7
  let size = byte & 0x0f
  for (let scale = 16; byte & 0x80; scale *= 128) {
    byte = bytes[at++]!
    size += (byte & 0x7f) * scale
  }
  const type = typeNames[number]
  if (type) return { type, size, data: at }
  if (number === idDelta) return { type: 'delta', base: bytes.toString('hex', at, at + 20), size, data: at + 20 }
  if (number !== offsetDelta)
    throw new CommitbaseError('internal', `a pack holds an entry of type ${number}: it is damaged`)
  byte = bytes[at++]!
  let distance = byte & 0x7f
  while (byte & 0x80) {
    byte = bytes[at++]!
    distance = (distance + 1) * 128 + (byte & 0x7f)
  }
  return { type: 'delta', distance, size, data: at }
}

/** The body or delta of an entry whose compressed bytes begin there. It may share memory with `bytes`. */
export function readBody(bytes: Buffer, { data, size }: EntryHead): Buffer {
  const isStored = bytes[data] === zlibHead && bytes[data + 1] === fastestLevel && bytes[data + 2] === lastStoredBlock
  if (isStored && bytes.readUInt16LE(data + 3) === size) return bytes.subarray(data + 7, data + 7 + size)
  const small = inflateSmall(bytes, data, size)
  if (small) return small
  const body = inflateSync(bytes.subarray(data), {
    chunkSize: Math.max(64, size + 1),
    maxOutputLength: Math.max(size, 1),
  })
  if (body.length === size) return body
  throw new CommitbaseError(
    'internal',
    `an entry of a pack has ${body.length} bytes and should have ${size}: it is damaged`,
  )
}

/** Type and size in a variable-length number: 4 bits, then 7 a byte, lowest first. */
function writeHead(target: Buffer, start: number, type: number, size: number): number {
  let at = start
  let byte = (type << 4) | (size & 0x0f)
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    target[at++] = byte | 0x80
    byte = rest & 0x7f
  }
  target[at++] = byte
  return at
}

/** gitformat-pack, "offset encoding": 7 bits a byte, highest first, each but the last lowered by one. */
function writeDistance(target: Buffer, at: number, distance: number): number {
  let end = at + 1
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor((rest - 1) / 128)) end++
  target[end - 1] = distance & 0x7f
  let rest = distance
  for (let place = end - 2; place >= at; place--) {
    rest = Math.floor(rest / 128) - 1
    target[place] = 0x80 | (rest & 0x7f)
  }
  return end
}

/** zlib (RFC 1950): what is small is stored as it is, since deflate takes twenty times as long as all the rest and saves little. */
function writeCompressed(target: Buffer, at: number, bytes: Buffer, most: number): number {
  if (bytes.length <= most) return writeStored(target, at, bytes)
  const deflated = deflateSync(bytes, { level: 1 })
  return at + deflated.copy(target, at)
}

/** One stored block (RFC 1951 §3.2.4) between zlib's head and the Adler-32 of the bytes. */
function writeStored(target: Buffer, start: number, bytes: Buffer): number {
  const { length } = bytes
  target[start] = zlibHead
  target[start + 1] = fastestLevel
  target[start + 2] = lastStoredBlock
  target.writeUInt16LE(length, start + 3)
  target.writeUInt16LE(length ^ 0xffff, start + 5)
  target.set(bytes, start + 7)
  return target.writeUInt32BE(adler32(bytes), start + 7 + length)
}

const zlibHead = 0x78
const fastestLevel = 0x01
const lastStoredBlock = 0x01

/** Bytes up to which a body is stored, and a tree or what differs in one: half of it is ids, which nothing makes shorter. */
const stored = 2_048
const storedTree = 0xffff
