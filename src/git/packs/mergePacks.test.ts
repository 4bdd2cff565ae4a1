import assert from 'node:assert/strict'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { git } from '../commands/git.ts'
import { type Files, unsyncedFiles } from '../disk/files.ts'
import { encodeDelta } from '../objects/delta.ts'
import { makeObject, type Oid } from '../objects/object.ts'
import { assertSound, newBare, newFolder } from '../testing/gitFolder.ts'
import { recordDisk } from '../testing/recordedDisk.ts'
import { seeded } from '../testing/seeded.ts'
import { GrowingPack, type PackPart, packHeader } from './growingPack.ts'
import { mergePacks } from './mergePacks.ts'
import { finishPack, tableWithSums } from './pack.ts'
import { placeKept, removePack } from './packFolder.ts'
import { encodeIndex } from './packIndex.ts'
import { PackStore } from './packStore.ts'

test('packs of git’s become one, whichever objects they share and whatever their deltas are against: git reads all, and so do we', async (t) => {
  const bare = await newBare(t)
  const texts = Array.from({ length: 24 }, (_, number) => textOf(number))
  const oids: Oid[] = []
  for (const text of texts) oids.push((await run(bare, ['hash-object', '-w', '--stdin'], text)).trim())
  const folder = join(bare, 'objects', 'pack')
  const place = fc.integer({ min: 0, max: texts.length - 1 })
  const pack = fc.record({ places: fc.uniqueArray(place, { minLength: 1 }), byDistance: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(pack, { minLength: 2, maxLength: 4 }), async (packs) => {
      const names = new Set<string>()
      for (const { places, byDistance } of packs) {
        const args = ['pack-objects', '-q', '--window=10', '--depth=50', join(folder, 'pack')]
        if (byDistance) args.splice(1, 0, '--delta-base-offset')
        names.add(`pack-${(await run(bare, args, places.map((place) => `${oids[place]}\n`).join(''))).trim()}`)
      }
      const wanted = new Set(packs.flatMap(({ places }) => places))
      const merged = await mergePacks(folder, [...names], unsyncedFiles)
      for (const name of names) if (name !== merged) await removePack(folder, name, unsyncedFiles)
      const verified = await run(bare, ['verify-pack', '-v', join(folder, `${merged}.idx`)])
      const listed = [...verified.matchAll(/^[0-9a-f]{40} blob/gm)].map(([line]) => line.slice(0, 40))
      assert.deepEqual(listed.toSorted(), [...wanted].map((place) => oids[place]).toSorted())
      const store = new PackStore(folder)
      for (const place of wanted) assert.equal(store.read(oids[place]!)?.body.toString(), texts[place])
      store.close()
      await rm(folder, { recursive: true })
    }),
    { numRuns: 25 },
  )
})

test('what we wrote is merged as it is: git’s index of the pack is ours, byte by byte', async (t) => {
  const { bare, folder, names } = await makePacks(t, 3, 400)
  const merged = await mergePacks(folder, names, unsyncedFiles)
  const other = join(bare, 'other.idx')
  await run(bare, ['index-pack', '--strict', '-o', other, join(folder, `${merged}.pack`)])
  assert.deepEqual(await readFile(join(folder, `${merged}.idx`)), await readFile(other))
})

test('a pack of which all objects are in another adds nothing: the merged one is that other one', async (t) => {
  const { folder, names } = await makePacks(t, 1, 50)
  const [first] = names
  const few = new GrowingPack()
  few.add(blob(0, 3))
  const second = await placeKept(folder, finishPack(few.part()), unsyncedFiles)
  assert.equal(await mergePacks(folder, [first!, second], unsyncedFiles), first)
})

test('an object that a pack holds twice, before and behind its delta, is there once', async (t) => {
  const { bare, folder, names } = await makePacks(t, 1, 5)
  const base = Buffer.from(textOf(1))
  const changed = Buffer.concat([base, Buffer.from('more\n')])
  const [first, second] = [new GrowingPack(), new GrowingPack()]
  // git writes no such pack, but takes one (git-index-pack without --strict).
  const [whole, delta] = [makeObject('blob', base), makeObject('blob', changed)]
  const bytes = encodeDelta([{ at: base.length, removed: 0, added: 5 }], changed)!
  first.add(whole)
  first.add({ oid: delta.oid, type: 'blob', delta: { base: whole.oid, bytes, size: changed.length } })
  second.add(whole)
  const part = first.part()
  const again = second.part()
  const size = part.size + again.size - packHeader
  const table = Buffer.concat([part.table, again.table])
  table.writeUInt32BE(part.size, part.table.length + 24)
  const both: PackPart = { size, count: 3, table, sums: new Uint32Array(3), pieces: [...part.pieces, ...again.pieces] }
  const { checksum, pack } = finishPack(both)
  // The index may list the second of them first.
  const sums = tableWithSums(both)
  const index = encodeIndex(
    Buffer.concat([sums.subarray(part.table.length), sums.subarray(0, part.table.length)]),
    Buffer.from(checksum, 'hex'),
  )
  const twice = { checksum, pack, index }
  const name = await placeKept(folder, twice, unsyncedFiles)
  const merged = await mergePacks(folder, [name, ...names], unsyncedFiles)
  await run(bare, ['index-pack', '--strict', '-o', join(bare, 'other.idx'), join(folder, `${merged}.pack`)])
  for (const gone of [name, ...names]) await removePack(folder, gone, unsyncedFiles)
  const store = new PackStore(folder)
  assert.equal(store.read(delta.oid)?.body.toString(), changed.toString())
  store.close()
  await assertSound(bare)
})

test('a pack whose bytes have changed on the disk is not hidden in another', async (t) => {
  const { folder, names } = await makePacks(t, 2, 50)
  const path = join(folder, `${names[0]}.pack`)
  const bytes = await readFile(path)
  bytes[100]! ^= 1
  await chmod(path, 0o644)
  await writeFile(path, bytes)
  await assert.rejects(mergePacks(folder, names, unsyncedFiles), { code: 'internal', message: /is damaged/ })
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !/\.(pack|idx|keep)$/.test(name)),
    [],
  )
  assert.equal((await readdir(folder)).filter((name) => name.endsWith('.pack')).length, 2)
})

test('where the disk is full nothing is left of what was begun, and the packs stay', async (t) => {
  const { folder, names } = await makePacks(t, 2, 50)
  const before = await readdir(folder)
  for (const part of ['tmp_pack', 'tmp_idx']) {
    const files: Files = {
      ...unsyncedFiles,
      create: async (path, options) => {
        const file = await unsyncedFiles.create(path, options)
        const write = path.includes(part) ? () => Promise.reject(new Error('ENOSPC')) : file.write
        return { ...file, write }
      },
    }
    await assert.rejects(mergePacks(folder, names, files), /ENOSPC/)
    assert.deepEqual((await readdir(folder)).toSorted(), before.toSorted())
  }
})

test('whenever the power is cut while packs are merged and those before go, all objects are there', async (t) => {
  const { bare, folder, names, oids } = await makePacks(t, 3, 20)
  const disk = await recordDisk(folder)
  const merged = await mergePacks(folder, names, disk.files)
  for (const name of names) await removePack(folder, name, disk.files)
  const random = seeded(7)
  for (let position = 0; position <= disk.position; position++) {
    const copy = await newFolder(t)
    await disk.rebuild(position, copy, random)
    const store = new PackStore(copy)
    for (const oid of oids) assert.ok(store.read(oid), `${oid} is missing after ${position} of ${disk.position} steps`)
    store.close()
  }
  assert.deepEqual(
    (await readdir(folder)).toSorted(),
    ['idx', 'pack'].map((ending) => `${merged}.${ending}`),
  )
  await assertSound(bare)
})

/** Versions of a text that are alike, so that git makes deltas of them. */
function textOf(number: number): string {
  return Array.from({ length: 300 }, (_, line) => `line ${line} ${line % 24 <= number ? number : 'as before'}\n`).join(
    '',
  )
}

const blob = (pack: number, number: number) => makeObject('blob', Buffer.from(`blob ${number} of pack ${pack}\n`))

/** Packs as a repository of ours writes them. */
async function makePacks(t: TestContext, count: number, objects: number) {
  const bare = await newBare(t)
  const folder = join(bare, 'objects', 'pack')
  const names: string[] = []
  const oids: Oid[] = []
  for (let pack = 0; pack < count; pack++) {
    const growing = new GrowingPack()
    for (let number = 0; number < objects; number++) {
      const object = blob(pack, number)
      growing.add(object)
      oids.push(object.oid)
    }
    names.push(await placeKept(folder, finishPack(growing.part()), unsyncedFiles))
  }
  return { bare, folder, names, oids }
}

async function run(bare: string, args: readonly string[], input = ''): Promise<string> {
  return (await git([`--git-dir=${bare}`, ...args], { input })).toString()
}
