import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { git } from '../commands/git.ts'
import { makeObject, type Oid } from '../objects/object.ts'
import { newBare } from '../testing/gitFolder.ts'
import { PackStore } from './packStore.ts'

test('objects are read as git wrote them, many at once and each alone: in chains of deltas, far from each other, on the edge of a page', async (t) => {
  const folder = await newBare(t)
  const near = Array.from({ length: 600 }, (_, place) =>
    Buffer.from(`${'the same text in each of them '.repeat(9)}${place}`),
  )
  const far = Array.from({ length: 40 }, (_, place) =>
    Buffer.from(Array.from({ length: 30_000 }, (_, at) => noise(place, at))),
  )
  const files = [...near, ...far]
  await git([`--git-dir=${folder}`, 'fast-import', '--quiet', '--depth=40'], {
    input: Buffer.concat([
      ...files.flatMap((file) => [Buffer.from(`blob\ndata ${file.length}\n`), file, Buffer.from('\n')]),
    ]),
  })
  const store = new PackStore(join(folder, 'objects', 'pack'))
  const bodies = new Map(files.map((file) => [makeObject('blob', file).oid, file]))
  const missing = '1'.repeat(40)
  for (const asked of [[...bodies.keys()], [...bodies.keys()].filter((_, place) => place % 7 === 0)]) {
    const found = new Map<Oid, Buffer>()
    const left = await store.readMany([...asked, missing], ({ oid, body }) => found.set(oid, body))
    assert.deepEqual(left, [missing])
    assert.deepEqual([...found.keys()].sort(), asked.toSorted())
    for (const [oid, body] of found) assert.ok(body.equals(bodies.get(oid)!), `${oid} is another`)
  }
  for (const [oid, body] of [...bodies, ...bodies]) assert.ok(store.read(oid)?.body.equals(body), `${oid} is another`)
  assert.equal(store.read(missing), undefined)
  store.close()
})

/** Bytes that nothing makes shorter. */
function noise(place: number, at: number): number {
  return (Math.imul(at + place * 30_011 + 1, 2_654_435_761) >>> 13) & 0xff
}
