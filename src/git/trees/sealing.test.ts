import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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

test('what is sealed in turns is the same, and can be read while it is handed on', async () => {
  const all = new Map<Oid, GitObject>()
  const at = new WorkingTree(null, async () => [])
  const taken: NewObject[] = []
  const keep = (object: NewObject) => {
    const whole = wholeObject(object, (oid) => all.get(oid))
    all.set(whole.oid, whole)
    taken.push(object)
  }
  const read = async (oids: readonly Oid[]) => oids.map((oid) => all.get(oid)!)
  const inTurns = new WorkingTree(null, read, undefined, keep)
  const paths = ['a/one', 'a/two', 'b/c/three', 'four'].map((path) => path.split('/'))
  for (const text of ['1', '2', '2']) {
    for (const tree of [at, inTurns]) for (const path of paths) await tree.write(path, Buffer.from(path.join() + text))
    const { root, objects } = at.seal(1)
    const take = async (object: NewObject) => {
      const texts = await Promise.all(paths.map((path) => inTurns.read(path)))
      assert.deepEqual(
        texts.map(String),
        paths.map((path) => path.join() + text),
      )
      keep(object)
    }
    assert.equal(await inTurns.sealInTurns(take, 1), root)
    const made = new Set(taken.splice(0).map(({ oid }) => oid))
    assert.deepEqual([...made].sort(), objects.map(({ oid }) => oid).sort())
  }
})

test('what was written and sealed goes with a minor collection of garbage', async () => {
  setFlagsFromString('--expose-gc')
  const collect: (how: { type: 'minor' }) => void = runInNewContext('gc')
  const tree = new WorkingTree(null, async () => [])
  const writeAndSeal = async (bytes: Buffer, collections: number) => {
    await tree.write(['record.json'], bytes)
    // What stays for two of them is old: only a collection of the whole heap takes it away.
    for (let count = 0; count < collections; count++) collect({ type: 'minor' })
    tree.seal()
    tree.keep()
  }
  await writeAndSeal(Buffer.from('{}'), 3)
  const before = process.memoryUsage().arrayBuffers
  for (let version = 0; version < 100; version++) await writeAndSeal(Buffer.alloc(100_000, `${version} `), 1)
  assert.ok(process.memoryUsage().arrayBuffers - before < 2_000_000)
})
