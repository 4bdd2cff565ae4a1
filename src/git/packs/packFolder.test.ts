import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { type Files, nodeFiles, type WritableFile } from '../disk/files.ts'
import { makeObject } from '../objects/object.ts'
import { newFolder } from '../testing/gitFolder.ts'
import { encodePack } from './pack.ts'
import { placeKept, releasePacks } from './packFolder.ts'

const pack = encodePack([makeObject('blob', Buffer.from('one'))])
const name = `pack-${pack.checksum}`
const files = [`${name}.idx`, `${name}.keep`, `${name}.pack`]

/** The disk to a user whom the modes of files bind. */
const asUser: Files = {
  ...nodeFiles,
  create: async (path, options) => {
    if (existsSync(path) && (statSync(path).mode & 0o200) === 0) throw new Error(`EACCES: permission denied, ${path}`)
    return await nodeFiles.create(path, options)
  },
}

test('a pack that is there already, before the refs led into it, is placed again, whoever the user is', async (t) => {
  const folder = await newFolder(t)
  await placeKept(folder, pack, asUser)
  await placeKept(folder, pack, asUser)
  assert.deepEqual((await readdir(folder)).sort(), files)
})

test('half of a pack that a killed owner left is replaced, also where it may not be written to', async (t) => {
  const folder = await newFolder(t)
  for (const half of [`${name}.keep`, `tmp_pack_${pack.checksum}`, `tmp_idx_${pack.checksum}`])
    await writeFile(join(folder, half), 'Com', { mode: 0o444 })
  await placeKept(folder, pack, asUser)
  assert.deepEqual((await readdir(folder)).sort(), files)
  await releasePacks(folder, new Set(), asUser)
  assert.deepEqual((await readdir(folder)).sort(), [`${name}.idx`, `${name}.pack`])
})

test('a pack for which the disk has no room leaves none of its bytes there', async (t) => {
  for (const full of ['tmp_pack', 'tmp_idx', '.keep']) {
    const folder = await newFolder(t)
    const fullDisk = diskOf((file, path) => {
      if (!path.includes(full)) return file
      const write: typeof file.write = async ([first], position) => {
        await file.write([first!.subarray(0, 1)], position)
        throw new Error('ENOSPC: no space left on device')
      }
      return { ...file, write }
    })
    await assert.rejects(placeKept(folder, pack, fullDisk), /ENOSPC/)
    const left = await readdir(folder)
    assert.deepEqual(
      left.filter((file) => file !== `${name}.keep` || full === '.keep'),
      [],
    )
  }
})

test('a .keep whose writer was killed before it was synced is synced when the pack is placed again', async (t) => {
  const folder = await newFolder(t)
  const sync = async () => {
    throw new Error('killed')
  }
  const killed = { ...diskOf((file) => ({ ...file, sync })), remove: async () => {} }
  await assert.rejects(placeKept(folder, pack, killed), /killed/)
  const synced: string[] = []
  const note = (path: string) => void synced.push(basename(path))
  const recording: Files = {
    ...diskOf((file, path) => ({ ...file, sync: () => file.sync().then(() => note(path)) })),
    syncFile: (path) => nodeFiles.syncFile(path).then(() => note(path)),
  }
  await placeKept(folder, pack, recording)
  assert.equal(synced[0], `${name}.keep`)
})

test('where a half cannot be removed either, what failed first is told', async (t) => {
  for (const full of ['tmp_pack', '.keep']) {
    const write = async () => {
      throw new Error('ENOSPC: no space left on device')
    }
    const broken: Files = {
      ...diskOf((file, path) => (path.includes(full) ? { ...file, write } : file)),
      remove: async () => {
        throw new Error('EROFS: read-only file system, unlink')
      },
    }
    await assert.rejects(placeKept(await newFolder(t), pack, broken), /ENOSPC/)
  }
})

/** The disk, on which files are made that are changed so. */
function diskOf(changed: (file: WritableFile, path: string) => WritableFile): Files {
  return { ...nodeFiles, create: async (path, options) => changed(await nodeFiles.create(path, options), path) }
}
