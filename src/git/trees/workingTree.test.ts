import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { applyDelta } from '../objects/delta.ts'
import { type GitObject, makeObject, type NewObject, type Oid, wholeObject } from '../objects/object.ts'
import { type Checkpoint, WorkingTree } from './workingTree.ts'

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

test('what is sealed in turns is the same, and can be read while it is handed on', async () => {
  const all = new Map<Oid, GitObject>()
  const at = new WorkingTree(null, async () => [])
  const inTurns = new WorkingTree(null, async (oids) => oids.map((oid) => all.get(oid)!))
  const paths = ['a/one', 'a/two', 'b/c/three', 'four'].map((path) => path.split('/'))
  for (const text of ['1', '2', '2']) {
    for (const tree of [at, inTurns]) for (const path of paths) await tree.write(path, Buffer.from(path.join() + text))
    const { root, objects } = at.seal(1)
    const taken: NewObject[] = []
    const take = async (object: NewObject) => {
      const read = await Promise.all(paths.map((path) => inTurns.read(path)))
      assert.deepEqual(
        read.map(String),
        paths.map((path) => path.join() + text),
      )
      const whole = wholeObject(object, (oid) => all.get(oid))
      all.set(whole.oid, whole)
      taken.push(object)
    }
    assert.equal(await inTurns.sealInTurns(take, 1), root)
    assert.deepEqual(taken.map(({ oid }) => oid).sort(), objects.map(({ oid }) => oid).sort())
  }
})

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
  await tree.sealInTurns(() => {})
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
