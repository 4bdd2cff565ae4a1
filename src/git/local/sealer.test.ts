import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import type { Fold } from '../deferred.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newFolder } from '../testing/gitFolder.ts'
import { Workspace } from '../workspace.ts'
import { type LocalRepository, openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

const main = 'refs/heads/main'
const receipts = 'refs/commitbase/receipts'
const author = { name: 'Ada', email: 'ada@example.org' }

test('packs stay few while refs cannot be moved, and then all of it is there, with the commits that were folded', async (t) => {
  const { repository, folder, disk } = await open(t)
  await write(repository, 'before')
  await repository.seal()
  disk.full = '.lock'
  for (const name of [undefined, 'a', undefined, 'b', 'c', 'd']) {
    if (name) await write(repository, name)
    else await repository.land([], [], [{ key: 'alone', bytes: Buffer.from('alone') }])
    await assert.rejects(repository.seal(), /ENOSPC/)
    // A seal that nobody asked for may be about to replace them.
    const packs = await packsOf(folder)
    assert.ok(packs.length <= 4, packs.join(', '))
  }
  disk.full = undefined
  await repository.seal()
  assert.deepEqual(await entriesOf(folder, main), ['a', 'b', 'before', 'c', 'd'])
  assert.deepEqual(await entriesOf(folder, receipts), ['a', 'alone', 'b', 'before', 'c', 'd'])
  assert.equal((await packsOf(folder)).length, 2)
  await repository.close()
  assert.deepEqual(await namesOf(folder, '.keep'), [])
  await assertSound(folder)
})

test('so it is where a pack cannot be written, and where one of the refs has moved', async (t) => {
  for (const full of ['tmp_idx', 'receipts']) {
    const { repository, folder, disk } = await open(t)
    for (const name of ['a', 'b', 'c']) {
      disk.full = full
      await write(repository, name)
      await assert.rejects(repository.seal(), /ENOSPC/)
      disk.full = undefined
      if (name !== 'b') await repository.seal()
    }
    for (const ref of [main, receipts]) assert.deepEqual(await entriesOf(folder, ref), ['a', 'b', 'c'])
    const packs = await packsOf(folder)
    assert.ok(packs.length <= 2, packs.join(', '))
    await repository.close()
    await assertSound(folder)
  }
})

test('the pack of a fold that failed on its way is left to git by the next seal', async (t) => {
  const { repository, folder, folding } = await open(t)
  await write(repository, 'a')
  await repository.seal()
  folding.isBroken = true
  await write(repository, 'b')
  await assert.rejects(repository.seal(), /the fold is broken/)
  folding.isBroken = false
  await repository.seal()
  assert.equal((await namesOf(folder, '.keep')).length, 2)
  assert.equal((await packsOf(folder)).length, 3)
  assert.deepEqual(await entriesOf(folder, receipts), ['a', 'b'])
})

test('a pack that cannot be removed fails no seal and keeps no other one, and goes once it can be', async (t) => {
  const { repository, folder, disk, troubles } = await open(t)
  await write(repository, 'a')
  await repository.seal()
  const [stuck] = await packsOf(folder)
  disk.stuck = stuck
  for (const name of ['b', 'c', 'd']) {
    await write(repository, name)
    await repository.seal()
  }
  const packs = await packsOf(folder)
  assert.ok(packs.length <= 3 && packs.includes(stuck!), packs.join(', '))
  assert.match(String(troubles[0]), /EBUSY/)
  disk.stuck = undefined
  await write(repository, 'e')
  await repository.seal()
  assert.equal((await packsOf(folder)).length, 2)
})

test('a ref that was moved and not synced is synced before what was folded is let go', async (t) => {
  const { repository, folder, disk, syncs } = await open(t)
  const refs = join(folder, 'refs', 'commitbase')
  assert.equal(await repository.land([], [], [{ key: 'a', bytes: Buffer.from('a') }]), 'landed')
  disk.unsynced = refs
  await assert.rejects(repository.seal(), /EIO/)
  assert.deepEqual(await entriesOf(folder, receipts), ['a'])
  assert.ok(!syncs.includes(refs))
  disk.unsynced = undefined
  await repository.seal()
  assert.ok(syncs.includes(refs))
})

async function open(t: TestContext) {
  const folder = await newFolder(t)
  const disk: { full?: string | undefined; stuck?: string | undefined; unsynced?: string | undefined } = {}
  const syncs: string[] = []
  const troubles: unknown[] = []
  const folding = { isBroken: false }
  const refuse = (path: string) => {
    if (disk.full !== undefined && path.includes(disk.full))
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      if (disk.full === '.lock' || path.includes('tmp')) refuse(path)
      return await nodeFiles.create(path, options)
    },
    // Of two refs the first one has moved by then.
    rename: async (from, to) => {
      if (from.endsWith('.lock')) refuse(to)
      await nodeFiles.rename(from, to)
    },
    remove: async (path) => {
      if (basename(path) === disk.stuck) throw Object.assign(new Error('EBUSY: resource busy'), { code: 'EBUSY' })
      await nodeFiles.remove(path)
    },
    syncFolder: async (path) => {
      if (path === disk.unsynced) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      await nodeFiles.syncFolder(path)
      syncs.push(path)
    },
  }
  let now = 0
  const fold: Fold = {
    ref: receipts,
    into: async (tree, entries) => {
      for (const { key, bytes } of entries) await tree.write([key], bytes)
      if (folding.isBroken) throw new Error('the fold is broken')
    },
    message: 'Receipts',
    author,
    clock: () => (now += 1_000),
  }
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  const repository = await openLocal(folder, { ownership, files, fold, onTrouble: (error) => troubles.push(error) })
  afterwards(t, () => repository.close())
  return { repository, folder, disk, folding, syncs, troubles }
}

/** One commit on the branch, and an entry to be folded. */
async function write(repository: LocalRepository, name: string): Promise<void> {
  const workspace = await Workspace.open(repository, [main])
  await workspace.tree(main).write([name], Buffer.from(name))
  workspace.commit(main, { message: `write ${name}`, author, time: 0 })
  assert.equal(await workspace.land(), 'landed')
  assert.equal(await repository.land([], [], [{ key: name, bytes: Buffer.from(name) }]), 'landed')
}

/** As git sees them. */
async function entriesOf(folder: string, ref: string): Promise<string[]> {
  return (await git([`--git-dir=${folder}`, 'ls-tree', '--name-only', ref])).toString().trim().split('\n')
}

async function packsOf(folder: string): Promise<string[]> {
  return await namesOf(folder, '.pack')
}

async function namesOf(folder: string, ending: string): Promise<string[]> {
  return (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith(ending))
}
