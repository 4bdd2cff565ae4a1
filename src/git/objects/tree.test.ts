import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { git } from '../commands/git.ts'
import { newBare } from '../testing/gitFolder.ts'
import { makeObject } from './object.ts'
import { decodeTree, encodeTree, type TreeEntry } from './tree.ts'

const blob = makeObject('blob', Buffer.alloc(0))

test('entries are in git’s order, whatever their names, and git gives the tree the same id', async (t) => {
  const folder = await newBare(t)
  await git([`--git-dir=${folder}`, 'hash-object', '-w', '--stdin'], { input: '' })
  const names = ['a', 'a.json', 'a0', 'a-', 'B', 'é', 'z', '\u{1f600}', '\ufb01', '00', 'ff']
  const entries = names.flatMap((name, index): TreeEntry[] => [
    { name, mode: '100644', oid: blob.oid },
    { name: `${name}-folder`, mode: '40000', oid: encodeTree([{ name: 'x', mode: '100644', oid: blob.oid }]).oid },
    { name: `${index}`, mode: '100755', oid: blob.oid },
  ])
  const input = entries.map(({ mode, name, oid }) => `${mode} ${mode === '40000' ? 'tree' : 'blob'} ${oid}\t${name}\0`)
  const made = await git([`--git-dir=${folder}`, 'mktree', '--missing', '-z'], { input: input.join('') })
  assert.equal(encodeTree(entries).oid, made.toString().trim())
})

test('what is read from a tree is what was written to it', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[/\0]/.test(text))
  const mode = fc.constantFrom<TreeEntry['mode']>('100644', '100755', '120000', '40000', '160000')
  const entry = fc.record({ name, mode, oid: fc.constant(blob.oid) }, { noNullPrototype: true })
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name }), (entries) => {
      const read = decodeTree(encodeTree(entries).body)
      assert.deepEqual(read, new Map(entries.map((entry) => [entry.name, entry])))
    }),
  )
})

test('a name that is not UTF-8 stays as it is, byte by byte, also beside one that is', () => {
  const names = [Buffer.from([0x66, 0xe9]), Buffer.from('fé'), Buffer.from([0xff]), Buffer.from([0x66, 0xe8])].sort(
    Buffer.compare,
  )
  const body = Buffer.concat(
    names.map((name) => Buffer.concat([Buffer.from('100644 '), name, Buffer.from('\0'), Buffer.from(blob.oid, 'hex')])),
  )
  const tree = decodeTree(body)
  assert.equal(tree.size, names.length)
  assert.ok(encodeTree(tree.values()).body.equals(body))
})

test('a tree that is cut short is an error', () => {
  const { body } = encodeTree([{ name: 'a', mode: '100644', oid: blob.oid }])
  for (let length = 1; length < body.length; length++) {
    assert.throws(() => decodeTree(body.subarray(0, length)), { code: 'internal', message: /cut short/ })
  }
})
