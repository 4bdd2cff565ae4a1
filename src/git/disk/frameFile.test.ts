import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame, encodeHeader, type FrameFormat, readFrames } from './frameFile.ts'

const format: FrameFormat = { magic: 'frames 1\n', name: 'file', loss: 'frames' }

/** A file of frames with bodies of those lengths, and where each frame ends. */
function fileOf(salt: number, filler: number, lengths: readonly number[]) {
  const pieces = [encodeHeader(format, salt)]
  const ends = [pieces[0]!.length]
  for (const length of lengths) {
    const frame = Buffer.concat(encodeFrame([Buffer.alloc(length, filler)], salt))
    ends.push(ends.at(-1)! + frame.length)
    pieces.push(frame)
  }
  return { bytes: Buffer.concat(pieces), ends }
}

/** The first bytes of a file, over those of an older one. */
function over(older: Buffer, newer: Buffer, cut: number): Buffer {
  return Buffer.concat([newer.subarray(0, cut), older.subarray(cut)])
}

const newer = fileOf(7, 1, [10, 0, 33, 21, 40])

/** With frames that begin where those of the newer do, and with others. */
const olders = {
  alike: fileOf(6, 2, [10, 0, 33, 21, 40, 5, 300]),
  'in other places': fileOf(6, 2, [3, 90, 5, 5, 5, 60, 200]),
  'of one long frame': fileOf(6, 2, [700]),
}

for (const [kind, older] of Object.entries(olders)) {
  test(`of a file that is written over an older one ${kind}, what is whole is read, wherever it is cut`, () => {
    for (let cut = newer.ends[0]!; cut <= newer.bytes.length; cut++) {
      const bodies = readFrames(over(older.bytes, newer.bytes, cut), 'x', format)
      const whole = newer.ends.filter((end) => end <= cut).length - 1
      assert.deepEqual(
        bodies.map(({ length }) => length),
        [10, 0, 33, 21, 40].slice(0, whole),
        `cut at ${cut}`,
      )
      assert.ok(bodies.every((body) => body.every((byte) => byte === 1)))
    }
  })

  test(`a byte that is damaged before the last frame is told, though there is an older file ${kind} behind`, () => {
    for (let at = newer.ends[0]!; at < newer.ends.at(-2)!; at++) {
      const bytes = over(older.bytes, newer.bytes, newer.bytes.length)
      bytes[at]! ^= 4
      assert.throws(() => readFrames(bytes, 'x', format), /is damaged .*: frames cannot be read/, `at ${at}`)
    }
  })
}

test('older frames under the same salt would be taken for damage, or for new ones', () => {
  const older = fileOf(7, 2, [10, 0, 33, 21, 40, 5, 300])
  assert.equal(readFrames(over(older.bytes, newer.bytes, newer.ends[2]!), 'x', format)[2]![0], 2)
  assert.throws(() => readFrames(over(older.bytes, newer.bytes, newer.ends[2]! + 20), 'x', format), /is damaged/)
})
