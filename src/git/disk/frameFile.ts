import { crc32 } from 'node:zlib'
import { CommitbaseError } from '../../errors.ts'
import { lengthOf } from '../lengthOf.ts'

/*
 * A file of frames: a header (a line that names what it is, and 4 bytes of salt), then frames. A frame is what was written at
 * once and synced before the next one began:
 *
 *   marker (4) | length of the body (4) | CRC-32 of the body, begun with the salt (4) | body
 *
 * So only the last frame can be torn. The salt keeps bytes that somebody put into a body from passing for a frame, and the frames
 * of an older file that this one is written over: behind the last frame there may be zeros, or such.
 */

/** What a file is, and how to speak of it. */
export interface FrameFormat {
  /** The first line, its newline included. */
  readonly magic: string
  /** Such as `journal`. */
  readonly name: string
  /** What is lost where it is damaged. */
  readonly loss: string
}

function headerLength({ magic }: FrameFormat): number {
  return magic.length + 4
}

export function encodeHeader({ magic }: FrameFormat, salt: number): Buffer {
  const header = Buffer.alloc(magic.length + 4)
  header.write(magic)
  header.writeUInt32BE(salt, magic.length)
  return header
}

/** A frame in pieces, to be written one behind the other. */
export function encodeFrame(body: readonly Buffer[], salt: number): Buffer[] {
  const head = Buffer.allocUnsafe(frameHeader)
  marker.copy(head)
  head.writeUInt32BE(lengthOf(body), 4)
  head.writeUInt32BE(
    body.reduce((sum, piece) => crc32(piece, sum), salt),
    8,
  )
  return [head, ...body]
}

/** The bodies of a file's frames. A torn last one is left out; a broken one before a sound one is an error: it was acknowledged. */
export function readFrames(bytes: Buffer, file: string, format: FrameFormat): Buffer[] {
  const { magic, name, loss } = format
  if (bytes.length < headerLength(format) && magic.startsWith(bytes.toString('latin1', 0, magic.length)))
    throw new CommitbaseError('internal', `${file} is cut short; restore it or move it away`)
  if (bytes.toString('latin1', 0, magic.length) !== magic) {
    throw new CommitbaseError('invalid', `${file} is no ${name} of this version; move it away or name another folder`)
  }
  const salt = bytes.readUInt32BE(magic.length)
  const bodies: Buffer[] = []
  let at = headerLength(format)
  for (let body = bodyAt(bytes, at, salt); body; body = bodyAt(bytes, at, salt)) {
    bodies.push(body)
    at += frameHeader + body.length
  }
  const later = findFrame(bytes, at + 1, salt)
  if (later === undefined) return bodies
  throw new CommitbaseError(
    'internal',
    `${file} is damaged (bytes ${at} to ${later}): ${loss} cannot be read; restore it or move it away`,
  )
}

/** The body of the sound frame that starts there, if one does. */
function bodyAt(bytes: Buffer, at: number, salt: number): Buffer | undefined {
  if (at + frameHeader > bytes.length || marker.compare(bytes, at, at + 4) !== 0) return undefined
  const end = at + frameHeader + bytes.readUInt32BE(at + 4)
  if (end > bytes.length) return undefined
  const body = bytes.subarray(at + frameHeader, end)
  return crc32(body, salt) === bytes.readUInt32BE(at + 8) ? body : undefined
}

function findFrame(bytes: Buffer, from: number, salt: number): number | undefined {
  for (let at = bytes.indexOf(marker, from); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    if (bodyAt(bytes, at, salt)) return at
  }
  return undefined
}

const marker = Buffer.from([0xc0, 0x4d, 0x17, 0xba])
const frameHeader = 12
