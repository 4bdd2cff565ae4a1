import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { placeInSorted } from './sortedOids.ts'

/** Few bytes, so that many ids begin alike for long, and any. */
const id = fc.oneof(
  fc.uint8Array({ minLength: 20, maxLength: 20 }),
  fc.array(fc.constantFrom(0, 1, 254, 255), { minLength: 20, maxLength: 20 }),
  fc.tuple(fc.constantFrom(0, 7, 255), fc.nat(2)).map(([byte, last]) => [...Array<number>(19).fill(byte), last]),
)

test('an id is found where it is among sorted ones, and nowhere where it is not, however they are spread', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), id, (some, other) => {
      const sorted = [...new Set(some.map((bytes) => Buffer.from(bytes).toString('hex')))].sort()
      const ids = Buffer.from(sorted.join(''), 'hex')
      for (const hex of [...sorted, Buffer.from(other).toString('hex')]) {
        // As a pack's index is asked: all that begin with the same byte. And all there are.
        const from = sorted.filter((one) => one.slice(0, 2) < hex.slice(0, 2)).length
        const to = sorted.filter((one) => one.slice(0, 2) <= hex.slice(0, 2)).length
        const place = sorted.indexOf(hex)
        for (const [low, high] of [
          [from, to],
          [0, sorted.length],
        ] as const)
          assert.equal(placeInSorted(ids, Buffer.from(hex, 'hex'), low, high), place < 0 ? undefined : place)
      }
    }),
  )
})
