import assert from 'node:assert/strict'
import { test } from 'node:test'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { canonicalJson } from './canonicalJson.ts'

test('it writes what the reference implementation of RFC 8785 writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      assert.equal(canonicalJson(value), canonicalize(value))
    }),
    { numRuns: 2_000 },
  )
})

test('keys are sorted by their UTF-16 units, and numbers are written as ECMAScript does (RFC 8785 §3.2.2, §3.2.3)', () => {
  const value = { '\u20ac': 1e21, '\ud83d\ude00': -0, 10: 0.000001, 2: 4.5, דּ: 1e-7, undefined: undefined }
  assert.equal(canonicalJson(value), canonicalize(value))
})

test('many keys are sorted as few are', () => {
  for (const count of [23, 24, 25, 200]) {
    const value = Object.fromEntries(Array.from({ length: count }, (_, place) => [`k${(place * 7) % count}`, place]))
    assert.equal(canonicalJson(value), canonicalize(value))
  }
})
