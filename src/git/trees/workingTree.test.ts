import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyDelta } from '../objects/delta.ts'
import { type GitObject, makeObject, type Oid, wholeObject } from '../objects/object.ts'
import type { Checkpoint } from './undoLog.ts'
import { WorkingTree } from './workingTree.ts'

test('what was changed beside a folder that went, and was taken back with it, is not taken for changed', async () => {
  const { root, read } = await stored({ 'a/one': '1', 'b/two': '2', 'c/three': '3' })
  const tree = new WorkingTree(root, read)
  await tree.listAll([['a'], ['b'], ['c']])
  const before = tree.checkpoint()
  await tree.remove(['a'])
  await tree.write(['b', 'two'], Buffer.from('another'))
  tree.restore(before)
  for (let sealing = 0; sealing < 4; sealing++) tree.seal()
  // Nobody has looked into it for long, so it goes out of memory.
  tree.shrink(0)
  await tree.write(['c', 'three'], Buffer.from('3'))
  assert.equal(tree.seal().root, root)
})

test('blobs that are sealed while others are fetched beside them are read all the same', async () => {
  const { root, read } = await stored({ 'a/one': '1' })
  const asked = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const blob = makeObject('blob', Buffer.from('1')).oid
  const tree = new WorkingTree(root, async (oids) => {
    if (oids.includes(blob)) {
      asked.resolve()
      await go.promise
    }
    return await read(oids)
  })
  const written = await tree.write(['a', 'two'], Buffer.from('2'))
  const reading = tree.readBlobs([written, blob])
  await asked.promise
  tree.seal()
  go.resolve()
  assert.deepEqual((await reading).map(String), ['2', '1'])
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

test('whatever is written, sealed and taken back, the objects that were sealed last make the files that are there', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      let objects = new Map<Oid, GitObject>()
      const find = (oid: Oid) => objects.get(oid)
      const tree = new WorkingTree(null, async () => [], find)
      let files = new Map<string, string>()
      let checkpoints: State[] = []
      const seal = () => {
        const { root, objects: made } = tree.seal()
        for (const object of made) {
          objects.set(object.oid, checked(wholeObject(object, find)))
          const { oid, type, delta } = object
          if (delta) checked({ oid, type, body: applyDelta(find(delta.base)!.body, delta.bytes) })
        }
        const other = new WorkingTree(root, async () => [], find)
        assert.deepEqual(filesOf(other), new Map([...files].sort()))
        return root
      }
      for (const { kind, path, text } of steps) {
        if (kind === 'write') {
          tree.writeNow(path.split('/'), Buffer.from(text))
          files.set(path, text)
        } else if (kind === 'remove') {
          tree.removeNow(path.split('/'))
          files.delete(path)
        } else if (kind === 'seal') seal()
        else if (kind === 'checkpoint')
          checkpoints.push({ at: tree.checkpoint(), files: new Map(files), objects: new Map(objects) })
        else if (kind === 'keep') {
          tree.keep()
          checkpoints = []
        } else {
          const checkpoint = checkpoints.pop()
          if (!checkpoint) continue
          tree.restore(checkpoint.at)
          files = checkpoint.files
          objects = checkpoint.objects
        }
        assert.deepEqual(filesOf(tree), new Map([...files].sort()))
      }
      assert.equal(seal(), seal())
    }),
    { numRuns: 500 },
  )
})

/** Folders within folders, more of them than a folder's delta would be shorter for. */
const paths = ['a', 'b', 'c'].flatMap((first) =>
  Array.from({ length: 12 }, (_, place) => [`${first}/${place}`, `${first}/x${place % 3}/${place}`]).flat(),
)
const kinds = [
  'write',
  'write',
  'write',
  'write',
  'remove',
  'seal',
  'seal',
  'checkpoint',
  'checkpoint',
  'restore',
  'keep',
] as const
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  path: fc.constantFrom(...paths),
  text: fc.constantFrom('1', '2', '3'),
})

interface State {
  readonly at: Checkpoint
  readonly files: Map<string, string>
  /** What was sealed by then: what was taken back nobody has. */
  readonly objects: Map<Oid, GitObject>
}

function filesOf(tree: WorkingTree, path: readonly string[] = []): Map<string, string> {
  const files = new Map<string, string>()
  for (const [name, child] of tree.listNow(path)) {
    const here = [...path, name]
    if (child.kind === 'folder') for (const [below, text] of filesOf(tree, here)) files.set(below, text)
    else files.set(here.join('/'), tree.readNow(here)!.toString())
  }
  return new Map([...files].sort())
}

function checked(object: GitObject): GitObject {
  assert.equal(object.oid, makeObject(object.type, object.body).oid)
  return object
}

async function stored(files: Readonly<Record<string, string>>) {
  const objects = new Map<Oid, GitObject>()
  const find = (oid: Oid) => objects.get(oid)
  const tree = new WorkingTree(null, async () => [])
  for (const [path, text] of Object.entries(files)) await tree.write(path.split('/'), Buffer.from(text))
  const { root, objects: made } = tree.seal()
  for (const object of made) objects.set(object.oid, wholeObject(object, find))
  return { root, find, read: async (oids: readonly Oid[]) => oids.map((oid) => objects.get(oid)!) }
}
