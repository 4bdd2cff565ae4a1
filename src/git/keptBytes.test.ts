import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptBytes } from './keptBytes.ts'

test('what is kept has the same bytes in other memory, whatever is kept after it', () => {
  const kept = new KeptBytes()
  const texts = Array.from({ length: 3_000 }, (_, place) => `${place} `.repeat((place * 7) % 100))
  const copies = texts.map((text) => {
    const bytes = Buffer.from(text)
    const copy = kept.keep(bytes)
    if (bytes.length > 0) assert.notEqual(copy.buffer, bytes.buffer)
    return copy
  })
  assert.deepEqual(copies.map(String), texts)
})

test('what is large has memory of its own already', () => {
  const large = Buffer.alloc(40_000)
  assert.equal(new KeptBytes().keep(large), large)
})
