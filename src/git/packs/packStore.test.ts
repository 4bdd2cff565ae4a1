import assert from 'node:assert/strict'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { git } from '../commands/git.ts'
import { nodeFiles } from '../disk/files.ts'
import { type GitObject, makeObject, type Oid } from '../objects/object.ts'
import { newBare } from '../testing/gitFolder.ts'
import { removePack, writePack } from './packFolder.ts'
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

test('a pack that has gone is closed once, also where one that came cannot be opened', async (t) => {
  const folder = await newBare(t)
  const packs = join(folder, 'objects', 'pack')
  const [gone, stays] = ['gone', 'stays'].map((text) => makeObject('blob', Buffer.from(text))) as [GitObject, GitObject]
  await writePack(folder, [gone])
  const [pack] = await readdir(packs)
  await writePack(folder, [stays])
  const store = new PackStore(packs)
  assert.ok(store.read(gone.oid) && store.read(stays.oid))
  await removePack(packs, parse(pack!).name, nodeFiles)
  await writeFile(join(packs, 'pack-bad.idx'), '')
  assert.throws(() => store.read('1'.repeat(40)), /is no pack index/)
  await rm(join(packs, 'pack-bad.idx'))
  await delay(100)
  // Others have its numbers now, and are to keep them.
  const others = await Promise.all(['one', 'two', 'three'].map((name) => open(join(folder, name), 'w')))
  assert.equal(store.read(gone.oid), undefined)
  assert.deepEqual(store.read(stays.oid)?.body, stays.body)
  await delay(100)
  for (const other of others) {
    assert.equal((await other.stat()).size, 0)
    await other.close()
  }
  store.close()
})
