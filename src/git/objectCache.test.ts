import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ObjectCache } from './objectCache.ts'
import { makeObject } from './objects/object.ts'

test('it gives what was put there or nothing, and always what was used last', () => {
  const size = 10_000
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(60)), { maxLength: 400 }), (uses) => {
      const cache = new ObjectCache(size)
      let recent: number[] = []
      for (const [isAdded, number] of uses) {
        const object = objects[number]!
        if (isAdded) cache.add(object)
        const found = cache.get(object.oid)
        if (isAdded || recent.includes(number)) assert.deepEqual(found, object)
        else if (found) assert.deepEqual(found, object)
        if (found) recent = [number, ...recent.filter((other) => other !== number)]
        while (spaceOf(recent) > size / 4) recent.pop()
      }
    }),
    { numRuns: 300 },
  )
})

test('what it gives stays as it is when others take its place, and what is large is not kept', () => {
  const cache = new ObjectCache(10_000)
  const first = objects[20]!
  cache.add(first)
  const { body } = cache.get(first.oid)!
  const large = makeObject('blob', Buffer.alloc(2_000))
  cache.add(large)
  assert.equal(cache.get(large.oid), undefined)
  for (const object of objects.slice(30)) cache.add(object)
  assert.equal(cache.get(first.oid), undefined)
  assert.ok(body.equals(first.body))
})

/** Of up to 900 bytes. */
const objects = Array.from({ length: 61 }, (_, number) =>
  makeObject(number % 2 === 0 ? 'blob' : 'tree', Buffer.alloc(number * 15, `${number} `)),
)

function spaceOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + objects[number]!.body.length + 25, 0)
}
