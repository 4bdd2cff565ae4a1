import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OidPlaces } from './oidPlaces.ts'

test('whatever comes and goes, each id is found where it is, and no other: those that begin alike as well', () => {
  const change = fc.tuple(fc.boolean(), fc.nat(oids.length - 1))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3_000, size: 'max' }), (changes) => {
      const places = new OidPlaces()
      const there = new Set<number>()
      for (const [isAdded, number] of changes) {
        if (isAdded === there.has(number)) continue
        if (isAdded) places.add(memory, number * 20)
        else places.remove(memory, number * 20)
        if (isAdded) there.add(number)
        else there.delete(number)
      }
      for (const [number, oid] of oids.entries())
        assert.equal(places.find(oid, memory), there.has(number) ? number * 20 : -1)
    }),
    { numRuns: 100 },
  )
})

test('what is no id is nowhere', () => {
  const places = new OidPlaces()
  places.add(memory, 0)
  for (const no of ['', '0', oids[0]!.slice(1), `${oids[0]!}0`, oids[0]!.toUpperCase(), oids[0]!.replaceAll('0', 'g')])
    assert.equal(places.find(no, memory), -1)
})

/** Many want the first slots or the last ones, and many begin with the same 32 bits. */
const oids = Array.from({ length: 1_500 }, (_, number) => {
  const first =
    number % 3 === 0 ? number % 7 : number % 3 === 1 ? 0xffff_fff0 + (number % 5) : (number * 2_654_435_761) % 2 ** 32
  return first.toString(16).padStart(8, '0') + number.toString(16).padStart(32, 'a')
})
const memory = Buffer.from(oids.join(''), 'hex')
