import type { Readable } from 'node:stream'
import { CommitbaseError } from '../../errors.ts'

/** A packet of git's protocol (gitprotocol-common, "pkt-line Format"; gitprotocol-v2): its bytes, or one of those that carry none. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'end'

const marks: readonly Packet[] = ['flush', 'delimiter', 'end']

/** A line as a packet: its length in four hex digits, they included, in front. */
export function encodePacket(line: string): string {
  return `${(Buffer.byteLength(line) + 5).toString(16).padStart(4, '0')}${line}\n`
}

/** What a packet says, without the end of the line. */
export function textOf(packet: Buffer): string {
  return packet.toString('utf8').replace(/\n$/, '')
}

/** The packets of a stream as they come. Throws `unavailable` where it holds something else. */
export async function* readPackets(stream: Readable): AsyncGenerator<Packet> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (let length = lengthOf(rest); length !== undefined && length <= rest.length; length = lengthOf(rest)) {
      yield length < 4 ? marks[length]! : rest.subarray(4, length)
      rest = rest.subarray(Math.max(length, 4))
    }
  }
  if (rest.length > 0) throw new CommitbaseError('unavailable', 'the server hung up in the middle of a packet')
}

/** The length of the packet that begins there; nothing where not even that is there yet. */
function lengthOf(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined
  const digits = bytes.toString('latin1', 0, 4)
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : 3
  if (length !== 3) return length
  throw new CommitbaseError('unavailable', `the server answers what is no packet: ${JSON.stringify(digits)}`)
}
