import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewObject } from './object.ts'
import { WorkingTree } from './workingTree.ts'

test('a large folder is written as a delta against its last version, and whole where that is of another era', async () => {
  const tree = new WorkingTree(null, async () => [])
  const folderAfter = async (name: string, era: number): Promise<NewObject> => {
    await tree.write(['db', name], Buffer.from(name))
    return tree.seal(era).objects.filter(({ type }) => type === 'tree')[0]!
  }
  for (let place = 0; place < 200; place++) await tree.write(['db', `record-${place}`], Buffer.from(String(place)))
  const first = tree.seal(1).objects.filter(({ type }) => type === 'tree')[0]!
  const second = await folderAfter('a', 1)
  assert.equal(second.delta?.base, first.oid)
  assert.equal(second.body, undefined)
  const third = await folderAfter('b', 2)
  assert.equal(third.delta, undefined)
  assert.ok(third.body)
  const fourth = await folderAfter('c', 2)
  assert.equal(fourth.delta?.base, third.oid)
})
