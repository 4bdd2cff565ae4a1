import { encodeFrame, type FrameFormat, readFrames } from './frameFile.ts'

/*
 * The frames of a journal:
 *
 *   number of settled ids (4) | each id (8) | for each entry: id (8) | length (4) | bytes
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

export const journalFormat: FrameFormat = {
  magic: 'commitbase-journal 1\n',
  name: 'journal',
  loss: 'accepted events',
}

export function encodeGroup({ settled, entries }: Group, salt: number): Buffer {
  const parts = [number32(settled.length), ...settled.map(number64)]
  for (const { id, bytes } of entries) parts.push(number64(id), number32(bytes.length), bytes)
  return Buffer.concat(encodeFrame(parts, salt))
}

/** The groups of a file. */
export function readGroups(bytes: Buffer, file: string): Group[] {
  return readFrames(bytes, file, journalFormat).map(decodeBody)
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
