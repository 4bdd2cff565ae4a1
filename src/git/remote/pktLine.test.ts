import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { encodePacket, type Packet, readPackets, textOf } from './pktLine.ts'

const long = 'x'.repeat(65_515)
const bytes = Buffer.from(`${encodePacket('version 2')}0001${encodePacket(long)}0000${encodePacket('größer')}0002`)

test('packets are the same in whatever pieces they come', async () => {
  for (const size of [1, 3, 4, 5, 17, bytes.length]) {
    const read = await packetsOf(piecesOf(bytes, size))
    const shown = read.map((packet) => (typeof packet === 'string' ? `<${packet}>` : textOf(packet)))
    assert.deepEqual(shown, ['version 2', '<delimiter>', long, '<flush>', 'größer', '<end>'])
  }
})

test('what is no packet, and half of one, is unavailable', async () => {
  for (const text of ['<html>', '0003', '-001', '00', '0009abc'])
    await assert.rejects(packetsOf([Buffer.from(text)]), { code: 'unavailable' }, text)
})

async function packetsOf(pieces: readonly Buffer[]): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const packet of readPackets(Readable.from(pieces))) packets.push(packet)
  return packets
}

function piecesOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, place) =>
    bytes.subarray(place * size, (place + 1) * size),
  )
}
