import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GitObject, type Oid, wholeObject } from '../objects/object.ts'
import { WorkingTree } from './workingTree.ts'

test('folders are let go of where they take too much memory, those that were made here as well, but for those used last', async () => {
  const objects = new Map<Oid, GitObject>()
  const asked: Oid[] = []
  const find = (oid: Oid) => {
    asked.push(oid)
    return objects.get(oid)
  }
  const tree = new WorkingTree(null, async () => [], find)
  for (let round = 0; round < 100; round++) {
    for (let place = 0; place < 20; place++) await tree.write([`${round}`, `${place}`, 'file'], Buffer.from(`${round}`))
    for (const object of tree.seal().objects) objects.set(object.oid, wholeObject(object, find))
    tree.keep()
    tree.shrink(500_000)
  }
  asked.length = 0
  const text = async (round: number) => (await tree.read([`${round}`, '7', 'file']))!.toString()
  assert.equal(await text(99), '99')
  assert.equal(asked.length, 1)
  let missing = 0
  for (let round = 0; round < 100; round++) {
    asked.length = 0
    assert.equal(await text(round), `${round}`)
    if (asked.length > 1) missing += 1
  }
  assert.ok(missing >= 50, `${missing} of 100 rounds were read again`)
})
