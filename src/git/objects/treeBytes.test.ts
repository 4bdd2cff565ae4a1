import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyDelta } from './delta.ts'
import { makeObject } from './object.ts'
import { encodeTree, type TreeEntry } from './tree.ts'
import { TreeBytes } from './treeBytes.ts'

test('whatever is set, removed and taken back, the bytes are those that git would write', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const tree = TreeBytes.of(Buffer.alloc(0))
      const model = new Map<string, TreeEntry>()
      for (const change of changes) apply(tree, model, change)
      assertSame(tree, model)
      const read = TreeBytes.of(tree.body)
      assertSame(read, model)
    }),
    { numRuns: 500 },
  )
})

test('the delta of a version makes it from the last one, byte by byte', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.array(change, { maxLength: 6 }), (entries, changes) => {
      const model = new Map(entries.map((each) => [each.name, each]))
      const tree = TreeBytes.of(encodeTree(model.values()).body)
      const before = Buffer.from(tree.body)
      for (const change of changes) apply(tree, model, change)
      const delta = tree.nextVersion()
      if (delta) assert.ok(applyDelta(before, delta).equals(tree.body))
      assert.equal(tree.nextVersion(), undefined)
    }),
    { numRuns: 500 },
  )
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

type Change =
  | { readonly kind: 'set'; readonly entry: TreeEntry }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'setFiles'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'undone'; readonly change: Change }

const oid = fc.integer({ min: 1, max: 1e6 }).map((number) => oidOf(String(number)))
const name = fc.oneof(
  fc.constantFrom('a', 'a.json', 'a0', 'b', 'é', 'zz', '00', 'ff', '.schema.json'),
  fc.stringMatching(/^[a-c]{1,3}$/),
)
const entry: fc.Arbitrary<TreeEntry> = fc.record({ name, mode: fc.constantFrom('100644', '40000', '100755'), oid })
const files = fc.uniqueArray(fc.record({ name, mode: fc.constant('100644' as const), oid }), {
  selector: (each) => each.name,
})
const plain: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), entry }),
  fc.record({ kind: fc.constant('remove' as const), name }),
  fc.record({ kind: fc.constant('setFiles' as const), entries: files }),
)
const change: fc.Arbitrary<Change> = fc.oneof(
  plain,
  plain.map((change) => ({ kind: 'undone' as const, change })),
)

function apply(tree: TreeBytes, model: Map<string, TreeEntry>, change: Change): void {
  switch (change.kind) {
    case 'set':
      tree.set(change.entry)
      model.set(change.entry.name, change.entry)
      return
    case 'remove':
      assert.equal(tree.remove(change.name) !== undefined, model.delete(change.name))
      return
    case 'setFiles': {
      // Its contract: nothing else has the name.
      const fitting = change.entries.filter(({ name }) => model.get(name)?.mode !== '40000')
      tree.setFiles(fitting)
      for (const each of fitting)
        model.set(each.name, model.get(each.name)?.mode === '100755' ? { ...each, mode: '100755' } : each)
      return
    }
    case 'undone':
      undo(tree, model, change.change)
      return
    default:
      change satisfies never
  }
}

function undo(tree: TreeBytes, model: Map<string, TreeEntry>, change: Change): void {
  if (change.kind === 'set') tree.set(change.entry)()
  else if (change.kind === 'remove') tree.remove(change.name)?.()
  else if (change.kind === 'setFiles')
    tree.setFiles(change.entries.filter(({ name }) => model.get(name)?.mode !== '40000'))()
}

function assertSame(tree: TreeBytes, model: ReadonlyMap<string, TreeEntry>): void {
  const expected = encodeTree(model.values())
  assert.equal(tree.hash(), expected.oid)
  assert.ok(tree.body.equals(expected.body))
  assert.deepEqual(
    [tree.size, tree.folders, tree.files],
    [
      model.size,
      [...model.values()].filter(({ mode }) => mode === '40000').length,
      [...model.values()].filter(({ mode, name }) => mode !== '40000' && !name.startsWith('.')).length,
    ],
  )
  for (const each of model.values()) assert.deepEqual(tree.get(each.name), { ...each })
}

function oidOf(text: string): string {
  return makeObject('blob', Buffer.from(text)).oid
}
