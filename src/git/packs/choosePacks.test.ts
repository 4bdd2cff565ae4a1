import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choosePacks } from './choosePacks.ts'

const sizes = (packs: readonly { size: number }[]) => packs.map(({ size }) => size)
const packs = (...sizes: readonly number[]) => sizes.map((size) => ({ size }))

test('packs that are each twice as large as the one before stay; with one of a size that is there, all up to it become one', () => {
  assert.deepEqual(choosePacks(packs(1, 2, 4, 8, 16), 1_000), [])
  assert.deepEqual(choosePacks(packs(7), 1_000), [])
  assert.deepEqual(sizes(choosePacks(packs(30, 1, 4, 5), 1_000)), [1, 4, 5])
  assert.deepEqual(sizes(choosePacks(packs(1, 1, 3, 100), 1_000)), [1, 1, 3])
})

test('whatever packs there are: after one merge each is twice as large as all smaller ones, and they are few', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 60 }), (all) => {
      const given = packs(...all)
      const chosen = choosePacks(given, 1e9)
      assert.notEqual(chosen.length, 1)
      const left = given.filter((pack) => !chosen.includes(pack))
      if (chosen.length > 0) left.push({ size: sizes(chosen).reduce((sum, size) => sum + size) })
      assert.deepEqual(choosePacks(left, 1e9), [])
      assert.ok(left.length <= 26)
    }),
  )
})

test('nothing becomes larger than it may', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 60 }), (all) => {
      const total = sizes(choosePacks(packs(...all), 2_000)).reduce((sum, size) => sum + size, 0)
      assert.ok(total <= 2_000)
    }),
  )
  assert.deepEqual(choosePacks(packs(900, 900, 1_900), 2_000).length, 2)
})
