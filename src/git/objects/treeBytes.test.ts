import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyDelta } from './delta.ts'
import { makeObject } from './object.ts'
import { encodeTree, type TreeEntry } from './tree.ts'
import { TreeBytes } from './treeBytes.ts'

test('whatever is put, removed and taken back in turn, the bytes are those that git would write', () => {
  fc.assert(
    fc.property(entries, fc.array(step, { maxLength: 40 }), (entries, steps) => {
      const { tree, model } = treeOf(entries)
      const undos: (() => void)[] = []
      for (const step of steps) {
        if (step.kind !== 'back') undos.push(apply(tree, model, step))
        else for (const undo of undos.splice(-step.steps).reverse()) undo()
        assertSame(tree, model)
      }
      for (const undo of undos.reverse()) undo()
      assert.ok(tree.body.equals(encodeTree(entries).body))
      assertSame(TreeBytes.of(tree.body), model)
    }),
    { numRuns: 500 },
  )
})

test('the delta of a version makes it from the last one, byte by byte', () => {
  fc.assert(
    fc.property(manyEntries, fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 6 }), (entries, versions) => {
      const { tree, model } = treeOf(entries)
      const undos: (() => void)[] = []
      for (const steps of versions) {
        const before = tree.copy()
        for (const step of steps) {
          if (step.kind !== 'back') undos.push(apply(tree, model, step))
          else for (const undo of undos.splice(-step.steps).reverse()) undo()
        }
        const delta = tree.nextVersion()
        if (delta) assert.ok(applyDelta(before, delta).equals(tree.body))
        assert.equal(tree.nextVersion(), undefined)
      }
    }),
    { numRuns: 500 },
  )
})

test('a thousand files that come one by one and in groups, and go again, leave the bytes that were there before', () => {
  const { tree, model } = treeOf([])
  const undos: (() => void)[] = []
  const before = new Map<number, string>()
  for (let group = 0; group < 40; group++) {
    before.set(undos.length, tree.hash())
    const files = Array.from({ length: 1 + ((group * 7) % 60) }, (_, index) => fileOf(`${index}-of-${group}.json`))
    if (group % 2 === 0) undos.push(apply(tree, model, { kind: 'setFiles', entries: files }))
    else for (const entry of files) undos.push(apply(tree, model, { kind: 'set', entry }))
  }
  assertSame(tree, model)
  while (undos.length > 0) {
    undos.pop()!()
    assert.equal(tree.hash(), before.get(undos.length) ?? tree.hash())
  }
  assert.equal(tree.length, 0)
})

test('there is no room to spare until entries come, and never much', () => {
  const files = Array.from({ length: 1_000 }, (_, index) => fileOf(`sku-${index}.json`))
  const { tree } = treeOf(files)
  assert.ok(tree.memory < tree.length + 20)
  tree.setFile('sku-1.json', oidOf('other'))
  assert.ok(tree.memory < tree.length + 20)
  for (const { name, oid } of files) tree.setFile(`x-${name}`, oid)
  assert.ok(tree.memory < tree.length * 1.2 + 500)
})

test('a file that was put with others and then again is no broken delta', () => {
  const names = Array.from({ length: 200 }, (_, index) => `sku-${index}.json`)
  const tree = TreeBytes.of(encodeTree(names.map((name) => ({ name, mode: '100644', oid: oidOf(name) }))).body)
  const before = Buffer.from(tree.body)
  tree.setFiles([{ name: 'sku-5.json', oid: oidOf('one') }])
  tree.set({ name: 'sku-5.json', mode: '100644', oid: oidOf('other') })
  const delta = tree.nextVersion()
  if (delta) assert.ok(applyDelta(before, delta).equals(tree.body))
})

test('one changed id in a large tree, and many new files at once, are small deltas', () => {
  const names = Array.from({ length: 3_000 }, (_, index) => `sku-${String(index).padStart(6, '0')}.json`)
  const tree = TreeBytes.of(encodeTree(names.map((name) => ({ name, mode: '100644', oid: oidOf(name) }))).body)
  tree.set({ name: names[1_700]!, mode: '100644', oid: oidOf('other') })
  assert.ok(tree.nextVersion()!.length < 50)
  const added = names.slice(0, 100).map((name) => ({ name: `x${name}`, mode: '100644' as const, oid: oidOf(name) }))
  const before = Buffer.from(tree.body)
  tree.setFiles(added)
  const delta = tree.nextVersion()!
  assert.ok(delta.length < 8_000)
  assert.ok(applyDelta(before, delta).equals(tree.body))
})

test('a folder and a file whose names begin alike are found, each in its place (base_name_compare)', () => {
  const entries: TreeEntry[] = ['a.json', 'a-b', 'a0', 'ab'].map((name) => ({ name, mode: '100644', oid: oidOf(name) }))
  entries.push({ name: 'a', mode: '40000', oid: oidOf('folder') })
  const tree = TreeBytes.of(Buffer.alloc(0))
  for (const each of entries) tree.set(each)
  assert.deepEqual([...tree.names()], ['a-b', 'a.json', 'a', 'a0', 'ab'])
  for (const each of entries) assert.deepEqual(tree.get(each.name), { ...each })
})

test('a new version of an executable file is executable, one alone and several at once (file modes)', () => {
  const tree = TreeBytes.of(encodeTree([{ name: 'run', mode: '100755', oid: oidOf('one') }]).body)
  tree.setFile('run', oidOf('two'))
  tree.setFile('read', oidOf('two'))
  assert.deepEqual([tree.get('run')?.mode, tree.get('read')?.mode], ['100755', '100644'])
  tree.setFiles([{ name: 'run', oid: oidOf('three') }])()
  assert.deepEqual(tree.get('run'), { name: 'run', mode: '100755', oid: oidOf('two') })
})

test('names of other alphabets, and names that are no UTF-8, keep their bytes and their order', () => {
  const odd = Buffer.concat([Buffer.from('100644 '), Buffer.from([0xe9, 0x2e]), Buffer.from('\0'), Buffer.alloc(20, 7)])
  const tree = TreeBytes.of(odd)
  for (const name of ['ż.json', 'z.json', 'é', '茶']) tree.set({ name, mode: '100644', oid: oidOf(name) })
  assert.deepEqual(TreeBytes.of(tree.body).get('茶')?.oid, oidOf('茶'))
  assert.ok(tree.body.includes(odd))
  assert.deepEqual([...tree.names()], [...TreeBytes.of(tree.body).names()])
  assert.equal(tree.hash(), encodeTree(tree.entries()).oid)
})

test('of many names those are found that differ only in the case of ASCII letters, in their order', () => {
  const spelled = fc.oneof(
    fc.stringMatching(/^[aAbB@[{]{1,4}$/),
    fc.stringMatching(/^[aA][bB][0-9]{1,2}(\.json|-)?$/),
    fc.constantFrom('é', 'É', 'aé', 'Aé', 'a.json', 'A.JSON'),
  )
  const entries = fc.uniqueArray(fc.record({ name: spelled, mode, oid }), {
    minLength: 20,
    maxLength: 200,
    selector: (each) => each.name,
  })
  fc.assert(
    fc.property(entries, spelled, (entries, name) => {
      const { tree } = treeOf(entries)
      const lowered = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      const expected = [...tree.names()].filter((other) => lowered(other) === lowered(name))
      assert.deepEqual(tree.spellings(name), expected)
    }),
    { numRuns: 500 },
  )
})

type Change =
  | { readonly kind: 'set'; readonly entry: TreeEntry }
  | { readonly kind: 'setFile'; readonly place: number; readonly oid: string }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'setFiles'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'setFolder'; readonly name: string; readonly oid: string }

/** A change, or some of the last ones taken back. */
type Step = Change | { readonly kind: 'back'; readonly steps: number }

const oid = fc.integer({ min: 1, max: 1e6 }).map((number) => oidOf(String(number)))
const name = fc.oneof(
  fc.constantFrom('a', 'a.json', 'a0', 'b', 'é', 'zz', '00', 'ff', '.schema.json'),
  fc.stringMatching(/^[a-c]{1,3}$/),
  fc.stringMatching(/^[0-9a-f]{20,80}$/),
)
const mode = fc.constantFrom('100644' as const, '40000' as const, '100755' as const, '120000' as const)
const entry: fc.Arbitrary<TreeEntry> = fc.record({ name, mode, oid })
const entries = fc.uniqueArray(entry, { maxLength: 60, selector: (each) => each.name })
const manyEntries = fc.uniqueArray(entry, { minLength: 20, maxLength: 60, selector: (each) => each.name })
const files = fc.uniqueArray(fc.record({ name, mode: fc.constant('100644' as const), oid }), {
  selector: (each) => each.name,
})
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), entry }),
  fc.record({ kind: fc.constant('setFile' as const), place: fc.nat(60), oid }),
  fc.record({ kind: fc.constant('remove' as const), name }),
  fc.record({ kind: fc.constant('setFiles' as const), entries: files }),
  fc.record({ kind: fc.constant('setFolder' as const), name, oid }),
  fc.record({ kind: fc.constant('back' as const), steps: fc.integer({ min: 1, max: 8 }) }),
)

/** Makes the change in both. Gives what takes it back in both. */
function apply(tree: TreeBytes, model: Map<string, TreeEntry>, change: Change): () => void {
  const before = [...model]
  const undo = changeIn(tree, model, change)
  return () => {
    undo()
    model.clear()
    for (const [name, entry] of before) model.set(name, entry)
  }
}

function changeIn(tree: TreeBytes, model: Map<string, TreeEntry>, change: Change): () => void {
  switch (change.kind) {
    case 'set':
      model.set(change.entry.name, change.entry)
      return tree.set(change.entry)
    case 'setFile': {
      const existing = [...model.values()][change.place]
      if (!existing) return nothing
      const mode = existing.mode === '100755' ? '100755' : '100644'
      model.set(existing.name, { name: existing.name, mode, oid: change.oid })
      return tree.setFile(existing.name, change.oid)
    }
    case 'remove': {
      const undo = tree.remove(change.name)
      assert.equal(undo !== undefined, model.delete(change.name))
      return undo ?? nothing
    }
    case 'setFiles': {
      // Its contract: no folder has the name.
      const fitting = change.entries.filter(({ name }) => model.get(name)?.mode !== '40000')
      for (const each of fitting)
        model.set(each.name, model.get(each.name)?.mode === '100755' ? { ...each, mode: '100755' } : each)
      return tree.setFiles(fitting)
    }
    case 'setFolder': {
      const { name, oid } = change
      const folder = model.get(name)
      if (folder?.mode !== '40000') {
        assert.throws(() => tree.setFolder(name, oid), {
          code: 'internal',
          message: `there is no folder '${name}' in the tree`,
        })
        return nothing
      }
      model.set(name, { ...folder, oid })
      tree.setFolder(name, oid)
      // As a working tree takes it back.
      return () => tree.setFolder(name, folder.oid)
    }
    default:
      return change satisfies never
  }
}

function nothing(): void {}

function treeOf(entries: readonly TreeEntry[]): { tree: TreeBytes; model: Map<string, TreeEntry> } {
  return { tree: TreeBytes.of(encodeTree(entries).body), model: new Map(entries.map((each) => [each.name, each])) }
}

function fileOf(name: string): TreeEntry {
  return { name, mode: '100644', oid: oidOf(name) }
}

function assertSame(tree: TreeBytes, model: ReadonlyMap<string, TreeEntry>): void {
  const expected = encodeTree(model.values())
  assert.equal(tree.hash(), expected.oid)
  assert.ok(tree.body.equals(expected.body))
  assert.deepEqual(
    [tree.size, tree.folders, tree.digitFolders, tree.files],
    [
      model.size,
      [...model.values()].filter(({ mode }) => mode === '40000').length,
      [...model.values()].filter(({ mode, name }) => mode === '40000' && /^[0-9a-f]{2}$/.test(name)).length,
      [...model.values()].filter(({ mode, name }) => mode !== '40000' && !name.startsWith('.')).length,
    ],
  )
  for (const each of model.values()) assert.deepEqual(tree.get(each.name), { ...each })
}

function oidOf(text: string): string {
  return makeObject('blob', Buffer.from(text)).oid
}
