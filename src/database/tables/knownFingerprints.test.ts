import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, test } from 'node:test'
import { sharedWords } from '../../git/sharedBuffer.ts'
import { KnownFingerprints, mostWords } from './knownFingerprints.ts'

const blob = (number: number) => hash('sha1', String(number))

function filled(count: number, from = 0): KnownFingerprints {
  const known = new KnownFingerprints()
  for (let number = from; number < from + count; number++) known.set(blob(number), 'a', number)
  return known
}

/** How many of those numbers are known. Each that is known is the right one. */
function countKnown(known: KnownFingerprints, count: number, from = 0): number {
  let found = 0
  for (let number = from; number < from + count; number++) {
    const fingerprint = known.get(blob(number), 'a')
    if (fingerprint === undefined) continue
    assert.equal(fingerprint, number)
    found++
  }
  return found
}

describe('fingerprints', () => {
  test('are known by the blob and the record', () => {
    const known = new KnownFingerprints()
    known.set(blob(1), 'a', 0xffff_ffff)
    assert.equal(known.get(blob(1), 'a'), 0xffff_ffff)
    assert.equal(known.get(blob(1), 'b'), undefined)
    assert.equal(known.get(blob(2), 'a'), undefined)
    known.delete(blob(1), 'b')
    known.delete(blob(1), 'a')
    assert.equal(known.get(blob(1), 'a'), undefined)
    assert.deepEqual(known.table, { words: new Uint32Array(known.table.words.length), count: 0 })
  })

  test('take little memory for a small database, and nearly all of a large one are known', () => {
    const small = filled(30)
    assert.ok(small.table.words.byteLength <= 4 << 10)
    const large = filled(20_000)
    const found = countKnown(large, 20_000)
    assert.ok(found > 19_000, `${found}`)
    assert.equal(large.table.count, found)
    assert.ok(large.table.words.byteLength <= 1 << 20)
  })

  test('are forgotten one by one: the others stay', () => {
    const known = filled(1_000)
    const before = countKnown(known, 500, 500)
    for (let number = 0; number < 500; number++) known.delete(blob(number), 'a')
    assert.equal(countKnown(known, 500), 0)
    assert.equal(countKnown(known, 500, 500), before)
    assert.equal(known.table.count, before)
  })

  test('of a database that is too large are those that came last', () => {
    const known = new KnownFingerprints()
    known.goOnWith({ words: sharedWords(mostWords), count: mostWords / 8 })
    // All in one set, by their first digits.
    const numbers = [1, 2, 3, 4, 5, 6, 7]
    const blob = (number: number) => `0123abcd${String(number).padStart(8, '0')}`
    for (const number of numbers) known.set(blob(number), 'a', number)
    const found = numbers.map((number) => known.get(blob(number), 'a'))
    assert.deepEqual(found, [undefined, undefined, 3, 4, 5, 6, 7])
    assert.equal(known.table.words.byteLength, 24 << 20)
  })

  test('of another table are gone on with, and those that came first stay', () => {
    const known = filled(30)
    known.goOnWith(filled(5_000, 20).table)
    const found = countKnown(known, 5_020)
    assert.ok(found > 4_800, `${found}`)
    assert.equal(countKnown(known, 30), 30)
    assert.equal(known.table.count, found)
    assert.equal(known.news, 30)
  })
})
