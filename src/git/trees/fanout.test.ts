import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { openMemory } from '../memory.ts'
import { Fanout, type FanoutOptions } from './fanout.ts'
import type { FanoutEntry } from './fanoutWays.ts'
import type { Path } from './path.ts'
import { WorkingTree } from './workingTree.ts'

const base = ['db', 'stock']
const digits = (key: string) => hash('sha256', key.toLowerCase())

test('a folder is flat up to its limit, and the next key splits it into folders named by two digits', async () => {
  const { tree, fanout } = make({})
  await putMany(fanout, keys(1_000))
  assert.equal((await tree.list(base)).size, 1_000)
  await fanout.put('k1000', bytes('k1000'))
  const names = [...(await tree.list(base)).keys()]
  assert.ok(names.every((name) => /^[0-9a-f]{2}$/.test(name)) && names.length <= 256)
  assert.equal(await fanout.count(), 1_001)
  const place = digits('k1000').slice(0, 2)
  assert.deepEqual((await fanout.find('k1000'))?.path, [...base, place, 'k1000.json'])
})

test('a split ahead of a write moves files and changes none, and the write then adds one', async () => {
  const { tree, fanout } = make({})
  await putMany(fanout, keys(1_000))
  const before = await entriesOf(fanout)
  assert.equal(await fanout.splitFor(['k1000']), 1_000)
  const after = await entriesOf(fanout)
  assert.deepEqual(after.map(pair), before.map(pair))
  assert.ok((await tree.list(base)).size <= 256)
  assert.equal(await fanout.splitFor(['k1000']), 0)
  await fanout.put('k1000', bytes('k1000'))
  assert.equal(await fanout.count(), 1_001)
})

test('no split where keys are only replaced, or as many go as come', async () => {
  const { fanout } = make({ flat: 3 })
  await putMany(fanout, ['a', 'b', 'c'])
  assert.equal(await fanout.splitFor(['a', 'b']), 0)
  assert.equal(await fanout.splitFor(['d'], ['a']), 0)
  assert.equal(await fanout.splitFor(['d'], ['elsewhere']), 3)
})

test('a folder that somebody else filled too far is split by the next write to a key in it', async () => {
  const { tree, fanout } = make({ flat: 3 })
  for (const key of ['a', 'b', 'c', 'd', 'e']) await tree.write([...base, `${key}.json`], bytes(key))
  assert.equal(await fanout.splitFor([], ['a']), 0)
  assert.equal(await fanout.splitFor(['a']), 5)
  await fanout.put('a', bytes('again'))
  assert.equal(await fanout.count(), 5)
  assert.ok([...(await tree.list(base)).keys()].every((name) => /^[0-9a-f]{2}$/.test(name)))
})

test('70,000 keys are all found, and no folder holds more than its limit', async () => {
  const { tree, fanout } = make({})
  await putMany(fanout, keys(70_000))
  assert.equal(await fanout.count(), 70_000)
  const widths = await Promise.all([...(await tree.list(base)).keys()].map(async (name) => tree.list([...base, name])))
  assert.ok(Math.max(...widths.map(({ size }) => size)) <= 1_000)
  for (const key of ['k0', 'k34999', 'k69999'])
    assert.deepEqual(await tree.read((await fanout.find(key))!.path), bytes(key))
  assert.equal(await fanout.find('k70000'), undefined)
})

test('a key too high up is found there, and the next write in its folder moves it down', async () => {
  const { tree, fanout } = make({ flat: 2 })
  await putMany(fanout, ['a', 'b', 'c'])
  await tree.write([...base, 'late.json'], bytes('late'))
  assert.deepEqual((await fanout.find('late'))?.path, [...base, 'late.json'])
  await fanout.put('d', bytes('d'))
  assert.deepEqual((await fanout.find('late'))?.path, [...base, digits('late').slice(0, 2), 'late.json'])
  assert.equal(await tree.get([...base, 'late.json']), undefined)
})

test('keys too high up are listed each once, though others come before them meanwhile', async () => {
  const { tree, fanout } = make({ flat: 2 })
  await putMany(fanout, ['a', 'b', 'c'])
  const late = ['l0', 'l1', 'l2', 'l3', 'l4']
  for (const key of late) await tree.write([...base, `${key}.json`], bytes(key))
  const listed = entriesOf(fanout)
  for (let index = 0; index < 20; index++) await tree.write([...base, `${index}.txt`], bytes('foreign'))
  const keys = (await listed).map(({ key }) => key)
  assert.deepEqual(keys, ['a', 'b', 'c', ...late])
})

test('two files of one key are refused with both paths, and other keys go on', async () => {
  const { tree, fanout } = make({ flat: 2 })
  await putMany(fanout, ['a', 'b', 'c'])
  await tree.write([...base, 'a.json'], bytes('another a'))
  const both = {
    code: 'conflict',
    message: new RegExp(`db/stock/a.json and db/stock/${digits('a').slice(0, 2)}/a.json`),
  }
  await assert.rejects(fanout.find('a'), both)
  await assert.rejects(fanout.put('a', bytes('a')), both)
  await assert.rejects(fanout.remove('a'), both)
  await assert.rejects(entriesOf(fanout), both)
  await assert.rejects(fanout.count(), both)
  await fanout.put('d', bytes('d'))
  await assert.rejects(fanout.find('a'), both)
})

test('a key that differs only in case is refused, across a split too', async () => {
  const { fanout } = make({ flat: 2 })
  await fanout.put('Ada', bytes('Ada'))
  await assert.rejects(fanout.put('ADA', bytes('ADA')), { code: 'conflict', message: /'ADA'.*db\/stock\/Ada\.json/ })
  await putMany(fanout, ['b', 'c', 'd'])
  await assert.rejects(fanout.put('aDa', bytes('aDa')), { code: 'conflict' })
  assert.equal(fanout.twinNow('ADA')?.key, 'Ada')
  assert.equal(fanout.twinNow('Ada'), undefined)
})

test('dot files, foreign files and foreign folders stay where they are', async () => {
  const { tree, fanout } = make({ flat: 2 })
  const foreign: Path[] = ['.schema.json', 'README.md', 'notes/x.json', 'abc/y.json'].map((path) => [
    ...base,
    ...path.split('/'),
  ])
  for (const path of foreign) await tree.write(path, bytes('foreign'))
  await putMany(fanout, ['a', 'b', 'c', 'd'])
  for (const path of foreign) assert.deepEqual(await tree.read(path), bytes('foreign'))
  assert.deepEqual(
    (await entriesOf(fanout)).map(({ key }) => key),
    ['a', 'b', 'c', 'd'],
  )
})

test('a link in the place of a file is refused by its path', async () => {
  const { tree, fanout } = make({})
  const oid = await tree.write(['elsewhere'], bytes('/etc/passwd'))
  tree.placeNow([...base, 'a.json'], { kind: 'other', mode: '120000', oid })
  for (const refused of [fanout.find('a'), fanout.put('a', bytes('a')), entriesOf(fanout), fanout.count()]) {
    await assert.rejects(refused, { code: 'conflict', message: /db\/stock\/a\.json is not a file/ })
  }
})

test('a file in a folder that is not its key’s is refused when all are listed', async () => {
  const { tree, fanout } = make({ flat: 2 })
  await putMany(fanout, ['a', 'b', 'c'])
  const wrong = digits('x').startsWith('00') ? '11' : '00'
  await tree.write([...base, wrong, 'x.json'], bytes('x'))
  await assert.rejects(entriesOf(fanout), {
    code: 'invalid',
    message: new RegExp(`db/stock/${wrong}/x.json is in a wrong folder`),
  })
})

test('a fan-out with a minimum depth puts its first key into a folder, and leaves the files above alone', async () => {
  const { tree, fanout } = make({ base: [], digits: (key) => key, minimumDepth: 1 })
  await tree.write(['last.json'], bytes('last'))
  const key = digits('some event')
  await fanout.put(key, bytes('receipt'))
  assert.deepEqual((await fanout.find(key))?.path, [key.slice(0, 2), `${key}.json`])
  assert.deepEqual(
    (await entriesOf(fanout)).map((entry) => entry.key),
    [key],
  )
  assert.deepEqual(await tree.read(['last.json']), bytes('last'))
})

test('whatever is put and removed, it holds what a map would, also when it is opened again', async () => {
  const key = fc.integer({ min: 0, max: 60 }).map((n) => `k${n}`)
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ verb: fc.constant('put' as const), key, value: fc.string() }) },
    { weight: 3, arbitrary: fc.record({ verb: fc.constant('remove' as const), key }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('split' as const), key }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constant('reopen' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 5 }), async (steps, flat) => {
      const model = new Map<string, string>()
      let { tree, fanout, reopen } = make({ flat })
      for (const step of steps) {
        if (step.verb === 'put') {
          await fanout.put(step.key, bytes(step.value))
          model.set(step.key, step.value)
        } else if (step.verb === 'remove') assert.equal(await fanout.remove(step.key), model.delete(step.key))
        else if (step.verb === 'split') await fanout.splitFor([step.key])
        else ({ tree, fanout } = await reopen(tree))
      }
      await assertHolds(tree, fanout, model)
    }),
    { numRuns: 60 },
  )
})

async function assertHolds(tree: WorkingTree, fanout: Fanout, model: ReadonlyMap<string, string>): Promise<void> {
  const entries = await entriesOf(fanout)
  assert.deepEqual(
    entries.map((entry) => entry.key),
    [...model.keys()].sort(),
  )
  assert.equal(await fanout.count(), model.size)
  for (const [key, value] of model) assert.deepEqual(await tree.read((await fanout.find(key))!.path), bytes(value))
}

/** All files in the order of their keys, each in its place. */
async function entriesOf(fanout: Fanout): Promise<FanoutEntry[]> {
  const entries: FanoutEntry[] = []
  for await (const folder of fanout.folders()) {
    for (const file of folder.files) {
      fanout.checkPlace(folder, file.key)
      entries.push(fanout.entryIn(folder, file))
    }
  }
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function make(options: Partial<FanoutOptions>) {
  const repository = openMemory()
  const read = (oids: readonly string[]) => repository.read(oids)
  const open = (root: string | null) => {
    const tree = new WorkingTree(root, read)
    return { tree, fanout: new Fanout({ tree, base, digits, ...options }) }
  }
  const reopen = async (tree: WorkingTree) => {
    const { root, objects } = tree.seal()
    await repository.land(objects, [])
    return open(root)
  }
  return { ...open(null), reopen }
}

async function putMany(fanout: Fanout, keys: readonly string[]): Promise<void> {
  for (const key of keys) await fanout.put(key, bytes(key))
}

function keys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `k${index}`)
}

function pair({ key, oid }: { key: string; oid: string }) {
  return [key, oid]
}

function bytes(text: string): Buffer {
  return Buffer.from(text)
}
