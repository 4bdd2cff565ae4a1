import assert from 'node:assert/strict'
import { constants, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../testing/gitFolder.ts'
import { type Files, gently, nodeFiles } from './files.ts'

/** The disk, and how much of each file was written at most without a sync. */
function watched() {
  const seen = { most: 0, syncs: 0 }
  const files: Files = {
    ...nodeFiles,
    async create(path, options) {
      const file = await nodeFiles.create(path, options)
      let unsynced = 0
      return {
        ...file,
        async write(buffers, position) {
          for (const { length } of buffers) unsynced += length
          seen.most = Math.max(seen.most, unsynced)
          await file.write(buffers, position)
        },
        async sync() {
          unsynced = 0
          seen.syncs++
          await file.sync()
        },
      }
    },
  }
  return { files, seen }
}

test('what is written gently is the same, and little of it is ever on its way to the disk', async (t) => {
  const { files, seen } = watched()
  const path = join(await newFolder(t), 'pack')
  const sizes = [1, 700_000, 262_144, 3, 0, 262_143, 5_000]
  const buffers = sizes.map((size, place) => Buffer.alloc(size, place + 1))
  const file = await gently(files).create(path)
  await file.write([Buffer.from('head')], 0)
  await file.write(buffers, 4)
  await file.close()
  assert.deepEqual(await readFile(path), Buffer.concat([Buffer.from('head'), ...buffers]))
  assert.equal(seen.most, 256 << 10)
  assert.equal(seen.syncs, 1 + Math.ceil(Buffer.concat(buffers).length / (256 << 10)))
})

test('more small pieces than the system takes at once are written one behind the other', async (t) => {
  const path = join(await newFolder(t), 'file')
  const pieces = Array.from({ length: 5_000 }, (_, place) => Buffer.alloc(place % 7, place))
  const file = await nodeFiles.create(path)
  await file.write(pieces, 0)
  await file.close()
  assert.deepEqual(await readFile(path), Buffer.concat(pieces))
})

test('a file is closed when what was being written is in it', async (t) => {
  const path = join(await newFolder(t), 'file')
  const file = await nodeFiles.create(path)
  const order: string[] = []
  const bytes = Buffer.alloc(64 << 20, 1)
  await Promise.all([
    file.write([bytes], 0).then(() => order.push('written')),
    file.close().then(() => order.push('closed')),
  ])
  assert.deepEqual(order, ['written', 'closed'])
  assert.deepEqual(await readFile(path), bytes)
})

test('a file of which each write is synced is one that the system syncs by itself', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const folder = await newFolder(t)
  const flagsOf = async (eachSynced: boolean) => {
    const path = join(folder, `${eachSynced}`)
    const file = await nodeFiles.create(path, { eachSynced })
    t.after(() => file.close())
    await file.write([Buffer.from('bytes')], 0)
    await file.sync()
    for (const descriptor of await readdir('/proc/self/fd')) {
      if ((await readlink(`/proc/self/fd/${descriptor}`).catch(() => '')) !== path) continue
      const [, flags] = /^flags:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${descriptor}`, 'utf8'))!
      return Number.parseInt(flags!, 8)
    }
    throw new Error(`${path} is not open`)
  }
  assert.equal((await flagsOf(true)) & constants.O_DSYNC, constants.O_DSYNC)
  assert.equal((await flagsOf(false)) & constants.O_DSYNC, 0)
})
