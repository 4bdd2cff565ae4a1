import { crc32 } from 'node:zlib'
import { CommitbaseError } from '../errors.ts'

/*
 * The file: a header (`commitbase-journal 1`, newline, 4 bytes of salt), then groups. A group is what was written at once and
 * synced before the next one began:
 *
 *   marker (4) | length of the body (4) | CRC-32 of the body, begun with the salt (4) | body
 *   body: number of settled ids (4) | each id (8) | for each entry: id (8) | length (4) | bytes
 *
 * So only the last group can be torn. The salt keeps bytes that somebody put into an entry from passing for a group.
 */

export interface JournalEntry {
  /** Its place in the order of acceptance. */
  readonly id: number
  readonly bytes: Buffer
}

export interface Group {
  readonly settled: readonly number[]
  readonly entries: readonly JournalEntry[]
}

const magic = 'commitbase-journal 1\n'
export const headerLength = magic.length + 4

export function encodeHeader(salt: number): Buffer {
  const header = Buffer.alloc(headerLength)
  header.write(magic)
  header.writeUInt32BE(salt, magic.length)
  return header
}

export function encodeGroup({ settled, entries }: Group, salt: number): Buffer {
  const parts = [number32(settled.length), ...settled.map(number64)]
  for (const { id, bytes } of entries) parts.push(number64(id), number32(bytes.length), bytes)
  const body = Buffer.concat(parts)
  return Buffer.concat([marker, number32(body.length), number32(crc32(body, salt)), body])
}

/** The groups of a file. A torn last one is left out; a broken one before a sound one is an error: it was acknowledged. */
export function readGroups(bytes: Buffer, file: string): Group[] {
  if (!bytes.toString('latin1').startsWith(magic)) {
    throw new CommitbaseError('invalid', `${file} is no journal of this version; move it away or name another folder`)
  }
  const salt = bytes.readUInt32BE(magic.length)
  const groups: Group[] = []
  let at = headerLength
  for (let body = bodyAt(bytes, at, salt); body; body = bodyAt(bytes, at, salt)) {
    groups.push(decodeBody(body))
    at += groupHeader + body.length
  }
  const later = findGroup(bytes, at + 1, salt)
  if (later === undefined) return groups
  const range = `bytes ${at} to ${later}`
  throw new CommitbaseError(
    'internal',
    `${file} is damaged (${range}): accepted events cannot be read; restore it or move it away`,
  )
}

/** The body of the sound group that starts there, if one does. */
function bodyAt(bytes: Buffer, at: number, salt: number): Buffer | undefined {
  if (at + groupHeader > bytes.length || marker.compare(bytes, at, at + 4) !== 0) return undefined
  const end = at + groupHeader + bytes.readUInt32BE(at + 4)
  if (end > bytes.length) return undefined
  const body = bytes.subarray(at + groupHeader, end)
  return crc32(body, salt) === bytes.readUInt32BE(at + 8) ? body : undefined
}

function findGroup(bytes: Buffer, from: number, salt: number): number | undefined {
  for (let at = bytes.indexOf(marker, from); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    if (bodyAt(bytes, at, salt)) return at
  }
  return undefined
}

function decodeBody(body: Buffer): Group {
  const count = body.readUInt32BE(0)
  const settled = Array.from({ length: count }, (_, index) => Number(body.readBigUInt64BE(4 + index * 8)))
  const entries: JournalEntry[] = []
  for (let at = 4 + count * 8; at < body.length; ) {
    const end = at + 12 + body.readUInt32BE(at + 8)
    entries.push({ id: Number(body.readBigUInt64BE(at)), bytes: body.subarray(at + 12, end) })
    at = end
  }
  return { settled, entries }
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function number64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

const marker = Buffer.from([0xc0, 0x4d, 0x17, 0xba])
const groupHeader = 12
