import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { inflateSmall } from './inflate.ts'

const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_FULL_FLUSH, Z_HUFFMAN_ONLY, Z_NO_FLUSH, Z_RLE } = constants
/** Texts that repeat themselves, and bytes that do not. */
const body = fc.oneof(
  fc.string({ maxLength: 400 }).map((text) => Buffer.from(text.repeat(7))),
  fc
    .array(fc.constantFrom('"name": ', 'null', '12', ',\n  '), { maxLength: 300 })
    .map((all) => Buffer.from(all.join(''))),
  fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
)
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE),
  memLevel: fc.constantFrom(1, 9),
  finishFlush: fc.constant(constants.Z_FINISH),
})

test('it gives what zlib gives, whatever the stream is made of', () => {
  fc.assert(
    fc.property(body, options, fc.nat(9), (bytes, options, before) => {
      const stream = deflateSync(bytes, options)
      const source = Buffer.concat([Buffer.alloc(before, 7), stream, Buffer.from('what comes next')])
      assert.deepEqual(inflateSmall(source, before, bytes.length), bytes.length > 1_024 ? undefined : bytes)
    }),
    { numRuns: 500 },
  )
})

test('several blocks in a stream, stored ones among them, are one body', () => {
  const parts = [Buffer.from('a'.repeat(50)), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]
  for (const flush of [Z_FULL_FLUSH, Z_NO_FLUSH]) {
    const stream = deflateSync(Buffer.concat(parts), { flush, chunkSize: 64 })
    assert.deepEqual(inflateSmall(stream, 0, 306), Buffer.concat(parts))
  }
  // RFC 1951 §3.2.4: two stored blocks, the first of them not the last.
  const stored = [0x78, 0x01, 0, 1, 0, 0xfe, 0xff, 0x61, 1, 1, 0, 0xfe, 0xff, 0x62, 0x01, 0x26, 0x00, 0xc4]
  assert.deepEqual(inflateSync(Buffer.from(stored)), Buffer.from('ab'))
  assert.deepEqual(inflateSmall(Buffer.from(stored), 0, 2), Buffer.from('ab'))
})

test('a stream that is damaged, cut short or of another length gives nothing, or the very same bytes', () => {
  fc.assert(
    fc.property(body, options, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, options, place, change) => {
      const stream = deflateSync(bytes, options)
      const damaged = Buffer.from(stream)
      damaged[place % stream.length]! ^= change
      const found = inflateSmall(damaged, 0, bytes.length)
      if (found) assert.deepEqual(found, bytes)
      assert.equal(inflateSmall(stream.subarray(0, place % stream.length), 0, bytes.length), undefined)
      assert.equal(inflateSmall(stream, 0, bytes.length + 1), undefined)
      if (bytes.length > 0) assert.equal(inflateSmall(stream, 0, bytes.length - 1), undefined)
    }),
    { numRuns: 500 },
  )
})
