import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GitObject, type NewObject, type Oid, wholeObject } from '../objects/object.ts'
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

test('an action that needs what is not in memory runs again from its beginning, and what it had written is taken back', async () => {
  const { root, read } = await stored({ 'a/one': '1', 'a/two': '2', 'b/three': '3' })
  const tree = new WorkingTree(root, read)
  let runs = 0
  const action = () => {
    runs += 1
    tree.writeNow(['new', String(runs)], Buffer.from('x'))
    return ['a/one', 'a/two', 'b/three'].map((path) => tree.readNow(path.split('/'))!.toString()).join('')
  }
  const [first, second] = await Promise.all([tree.now(action), tree.now(() => tree.readNow(['b', 'three']))])
  assert.equal(first, '123')
  assert.equal(second?.toString(), '3')
  // The root, two folders and three files were missing, one after the other.
  assert.ok(runs > 4)
  assert.deepEqual([...(await tree.list(['new'])).keys()], [String(runs)])
})

test('an action whose objects are at hand does not wait', async () => {
  const { root, read, find } = await stored({ 'a/one': '1' })
  const tree = new WorkingTree(root, read, find)
  assert.equal((tree.now(() => tree.readNow(['a', 'one'])) as Buffer).toString(), '1')
})

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

async function stored(files: Readonly<Record<string, string>>) {
  const objects = new Map<Oid, GitObject>()
  const find = (oid: Oid) => objects.get(oid)
  const tree = new WorkingTree(null, async () => [])
  for (const [path, text] of Object.entries(files)) await tree.write(path.split('/'), Buffer.from(text))
  const { root, objects: made } = tree.seal()
  for (const object of made) objects.set(object.oid, wholeObject(object, find))
  return { root, find, read: async (oids: readonly Oid[]) => oids.map((oid) => objects.get(oid)!) }
}
