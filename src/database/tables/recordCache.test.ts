import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemory } from '../../git/memory.ts'
import { Workspace } from '../../git/workspace.ts'
import { createTransaction } from '../transactions/treeTransaction.ts'
import { RecordCache } from './recordCache.ts'

test('it forgets what came first, when it is full', () => {
  const cache = new RecordCache(25)
  for (const id of ['a', 'b', 'c']) cache.add(`blob-${id}`, { _id: id }, 10)
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => cache.get(`blob-${id}`, id)?.record._id),
    [undefined, 'b', 'c'],
  )
})

test('a record of another name in the same blob is none of its', () => {
  const cache = new RecordCache()
  cache.add('blob', { _id: 'a' }, 10)
  assert.equal(cache.get('blob', 'b'), undefined)
})

test('what a read gives is its own: changing it changes no other read', async () => {
  const workspace = await Workspace.open(openMemory(), ['refs/heads/main'])
  const tree = workspace.tree('refs/heads/main')
  await tree.write(['db', 'stock', 'a.json'], Buffer.from('{"_id": "a", "place": {"row": 1}, "tags": ["x"]}'))
  const begin = () => createTransaction({ tree, basedir: 'db', now: '', newId: () => '' })
  const reads = [
    async () => (await begin().get('stock', 'a'))!,
    async () => (await begin().findOne('stock', { _id: 'a' }))!,
    async () => (await begin().findMany('stock', {}))[0]!,
  ]
  for (const read of reads) {
    const { place, tags } = (await read()) as unknown as { place: { row: number }; tags: string[] }
    place.row = 2
    tags.push('y')
  }
  for (const read of reads) assert.deepEqual(await read(), { _id: 'a', place: { row: 1 }, tags: ['x'] })
})
