import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatRecord, type JsonObject } from '../json/json.ts'
import { fingerprintOf } from './fingerprint.ts'
import { isSameRecord, type StoredRecord } from './record.ts'

const { value, fields } = fc.letrec<{ value: unknown; fields: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, -0, 1, 1.5, 1e21, 2 ** 31, null, true, false, '', '0', '1', 'a', 'é', '💙', 'x'.repeat(200)),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('fields'),
  ),
  fields: fc.dictionary(fc.constantFrom('a', 'b', '10', '9', '_updated'), tie('value'), { maxKeys: 4 }),
}))
const record = fc.tuple(fields, fc.constantFrom('x', 'y')).map(([fields, _id]) => parsed({ _id, ...fields }))

/** As it comes out of its file. */
function parsed(record: JsonObject): StoredRecord {
  return JSON.parse(formatRecord(record).toString())
}

/** The same with the keys of each object in another order. */
function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(turned)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, below]) => [key, turned(below)]),
  )
}

test('records that say the same have one fingerprint, whatever the order of their keys and whenever they were updated', () => {
  fc.assert(
    fc.property(record, value, (one, _updated) => {
      const other = parsed({ ...(turned(one) as JsonObject), _updated })
      assert.ok(isSameRecord(one, other))
      assert.equal(fingerprintOf(one), fingerprintOf(other))
    }),
  )
})

test('records with different fingerprints do not say the same', () => {
  fc.assert(
    fc.property(record, record, (one, other) => {
      assert.ok(fingerprintOf(one) === fingerprintOf(other) || !isSameRecord(one, other))
      // Of some thousands no two that differ meet in 32 bits, unless something that they say is left out.
      assert.ok(fingerprintOf(one) !== fingerprintOf(other) || isSameRecord(one, other))
    }),
    { numRuns: 5_000 },
  )
})

test('what is nearly the same has fingerprints of its own', () => {
  const long = 'x'.repeat(300)
  const values = [0, 1, -1, 0.5, -0.5, 2 ** 32, 2 ** 33, '', '0', '1', 'ab', 'ba', null, true, false, [], {}, [0], [[]]]
  const nested = [[1, 2], [2, 1], [[1], 2], [[1, 2]], { a: 1 }, { a: '1' }, { b: 1 }, { a: { b: 1 } }, { _updated: 1 }]
  const texts = [long, `${long}y`, `y${long}`, `${long} `]
  const records = [...values, ...nested, ...texts].map((a) => ({ _id: 'x', a }))
  const swapped = [{ _id: 'x', a: 1, b: 2 }, { _id: 'x', a: 2, b: 1 }, { _id: 'a', x: 1 }, { _id: 'x' }]
  const all = [...records, ...swapped]
  assert.equal(new Set(all.map(fingerprintOf)).size, all.length)
})

test('fingerprints on disk are made as these are: whoever changes how gives their file another format', () => {
  const record = { _id: 'sku-1', name: 'Ä table', price: 9.95, stock: 7, tags: ['a', null, true], place: { row: 'R1' } }
  assert.equal(fingerprintOf({ ...record, _updated: '2026-01-01' }), 443_805_027)
})
