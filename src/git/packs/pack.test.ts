import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { git } from '../commands/git.ts'
import { encodeCommit } from '../objects/commit.ts'
import { makeObject } from '../objects/object.ts'
import { encodeTree } from '../objects/tree.ts'
import { newBare } from '../testing/gitFolder.ts'
import { GrowingPack } from './growingPack.ts'
import { encodePack, finishPack } from './pack.ts'

test('git makes the same index of a pack of ours, byte by byte, and reads every object', async (t) => {
  const folder = await newBare(t)
  const sizes = [0, 1, 15, 16, 2_047, 2_048, 262_143, 262_144, 1 << 20]
  const blobs = sizes.map((size) => makeObject('blob', Buffer.alloc(size, `${size} `)))
  const many = Array.from({ length: 500 }, (_, index) => makeObject('blob', Buffer.from(`blob ${index}`)))
  const tree = encodeTree(blobs.map(({ oid }, index) => ({ name: `${index}`, mode: '100644', oid })))
  const author = { name: 'Ada', email: 'ada@example.org' }
  const commit = encodeCommit({ tree: tree.oid, parents: [], author, time: 1_000, message: 'all sizes' })
  const objects = [...blobs, ...many, tree, commit]
  const { checksum, pack, index } = encodePack([...objects, ...objects])
  const file = join(folder, 'objects', 'pack', `pack-${checksum}`)
  await writeFile(`${file}.pack`, pack)
  await git(['index-pack', '--strict', '-o', `${file}.idx`, `${file}.pack`])
  assert.ok(index.equals(await readFile(`${file}.idx`)))
  const listed = await git([`--git-dir=${folder}`, 'cat-file', '--batch-all-objects', '--batch-check'])
  const expected = objects.map(({ oid, type, body }) => `${oid} ${type} ${body.length}`).sort()
  assert.deepEqual(listed.toString().trim().split('\n').sort(), expected)
})

test('a pack that has grown has the index that it would have at once, and takes its checksums from the part before', () => {
  const blobs = Array.from({ length: 3_000 }, (_, index) => makeObject('blob', Buffer.from(`blob ${index}`)))
  const growing = new GrowingPack()
  const { index: expected } = encodePack(blobs)
  const indexAfter = (count: number) => {
    for (const blob of blobs.slice(0, count)) growing.add(blob)
    return finishPack(growing.part()).index
  }
  indexAfter(1_000)
  growing.add(makeObject('blob', Buffer.from('a failed write')))
  growing.truncate(1_000)
  assert.deepEqual(indexAfter(3_000), expected)
  growing.part().sums[0]! ^= 1
  assert.notDeepEqual(indexAfter(3_000), expected)
  growing.truncate(0)
  assert.deepEqual(indexAfter(3_000), expected)
})
