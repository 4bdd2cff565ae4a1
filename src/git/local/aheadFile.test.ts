import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Files, nodeFiles } from '../disk/files.ts'
import { makeObject } from '../objects/object.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newFolder } from '../testing/gitFolder.ts'
import { aheadFile } from './ahead.ts'
import { AheadFile, type Batch, readAhead } from './aheadFile.ts'
import { openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

test('what is appended while the file is written anew is in the new one, and what is appended then', async (t) => {
  const { path, file, read } = await newFile(t)
  await file.append(batch(1))
  await file.append(batch(2))
  const successor = await file.beginRenewal([], [batch(2)])
  await file.append(batch(3))
  assert.deepEqual(await read(), [1, 2, 3])
  const outdated = await file.finishRenewal(successor, [batch(3)])
  assert.ok(outdated)
  await outdated.close()
  assert.deepEqual(await read(), [2, 3])
  await file.append(batch(4))
  assert.deepEqual(await read(), [2, 3, 4])
  assert.deepEqual(await readdir(dirname(path)), [aheadFile, `${aheadFile}.spare`])
  await file.removeRest()
  assert.deepEqual(await readdir(dirname(path)), [aheadFile])
})

test('a file that was written anew for another reason meanwhile is left alone, and the one that came too late goes', async (t) => {
  const { path, file, read } = await newFile(t)
  await file.append(batch(1))
  const successor = await file.beginRenewal([], [batch(1)])
  await file.renew([], [batch(1), batch(2)])
  assert.ok(!(await file.finishRenewal(successor, [batch(2)])))
  assert.deepEqual(await readdir(dirname(path)), [aheadFile, `${aheadFile}.spare`])
  await file.append(batch(3))
  assert.deepEqual(await read(), [1, 2, 3])
})

test('batches find room in the file, which grows for many of them at once', async (t) => {
  const { path, file, read } = await newFile(t)
  const sizes = new Set<number>()
  const numbers = Array.from({ length: 100 }, (_, number) => number)
  for (const number of numbers) {
    await file.append({ ...batch(number), pieces: [Buffer.alloc(5_000, 1)] })
    sizes.add((await stat(path)).size)
  }
  assert.deepEqual(await read(), numbers)
  assert.equal(sizes.size, 2)
})

test('on a disk without that room what fits is written, and found again', async (t) => {
  const disk = { left: 10_000 }
  const { path, file, read } = await newFile(t, smallDisk(disk))
  await file.append(batch(1))
  await file.append(batch(2))
  await assert.rejects(file.append({ ...batch(3), pieces: [Buffer.alloc(10_000)] }), /ENOSPC/)
  await file.renew([], [batch(1), batch(2)])
  await file.append(batch(4))
  assert.deepEqual(await read(), [1, 2, 4])
  disk.left = 1_000_000
  await file.append(batch(5))
  assert.ok((await stat(path)).size > 256 << 10)
  assert.deepEqual(await read(), [1, 2, 4, 5])
})

test('on a disk without room the file that waits for its turn gives back its blocks', async (t) => {
  const disk = { left: 1_000_000 }
  const { path, file, read } = await newFile(t, smallDisk(disk))
  await file.append(batch(1))
  await file.renew([], [batch(1)])
  assert.deepEqual(await readdir(dirname(path)), [aheadFile, `${aheadFile}.spare`])
  disk.left = 10_000
  await file.append(batch(2))
  assert.deepEqual(await readdir(dirname(path)), [aheadFile])
  await file.renew([], [batch(2)])
  await file.append(batch(3))
  assert.deepEqual(await read(), [2, 3])
})

test('where those blocks cannot be given back the batch is written all the same, if it fits alone', async (t) => {
  const disk = { left: 1_000_000 }
  const { path, file, read } = await newFile(t, {
    ...smallDisk(disk),
    remove: async (path) => {
      if (disk.left < 1_000_000) throw new Error('EROFS: read-only file system')
      await nodeFiles.remove(path)
    },
  })
  await file.append(batch(1))
  await file.renew([], [batch(1)])
  disk.left = 10_000
  await file.append(batch(2))
  assert.deepEqual(await read(), [1, 2])
  await file.removeRest()
  assert.deepEqual(await readdir(dirname(path)), [aheadFile, `${aheadFile}.spare`])
})

test('one that could not be written anew leaves nothing on the full disk', async (t) => {
  const disk = { left: 1_000_000 }
  const { path, file, read } = await newFile(t, smallDisk(disk))
  const large = { ...batch(2), pieces: [Buffer.alloc(20_000)] }
  await file.append(batch(1))
  const successor = await file.beginRenewal([], [batch(1)])
  disk.left = 10_000
  await assert.rejects(file.finishRenewal(successor, [large]), /ENOSPC/)
  await assert.rejects(file.beginRenewal([], [large]), /ENOSPC/)
  await assert.rejects(file.renew([], [large]), /ENOSPC/)
  assert.deepEqual(await readdir(dirname(path)), [aheadFile])
  await file.append(batch(3))
  assert.deepEqual(await read(), [1, 3])
})

test('a file that is written over an older one has the room of that one', async (t) => {
  const { path, file, read } = await newFile(t)
  const large = { pieces: [Buffer.alloc(300_000, 1)] }
  await file.append({ ...batch(1), ...large })
  await file.renew([], [])
  await file.renew([], [])
  const { size } = await stat(path)
  assert.ok(size > 500_000)
  for (const number of [2, 3]) await file.append({ ...batch(number), pieces: [Buffer.alloc(200_000, 1)] })
  assert.equal((await stat(path)).size, size)
  assert.deepEqual(await read(), [2, 3])
})

test('a disk that fails is not asked again: nobody knows what is on it', async (t) => {
  let isFailing = false
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      const file = await nodeFiles.create(path, options)
      const write: typeof file.write = async (buffers, position) => {
        if (!isFailing) return await file.write(buffers, position)
        isFailing = false
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      }
      return { ...file, write }
    },
  }
  const { file, read } = await newFile(t, files)
  isFailing = true
  await assert.rejects(file.append(batch(1)), /EIO/)
  assert.deepEqual(await read(), [])
})

test('where the new file’s name may be lost the next batch goes into another, and nothing is missing', async (t) => {
  const folder = await newFolder(t)
  let isDue = false
  const files: Files = {
    ...nodeFiles,
    rename: async (from, to) => {
      await nodeFiles.rename(from, to)
      if (from.endsWith('.next')) isDue = true
    },
    syncFolder: async (path) => {
      const fails = isDue
      isDue = false
      if (fails) throw new Error('EIO: i/o error')
      await nodeFiles.syncFolder(path)
    },
  }
  const ownership = await takeOwnership(folder)
  const trouble = Promise.withResolvers<unknown>()
  const repository = await openLocal(folder, { ownership, files, onTrouble: trouble.resolve })
  afterwards(t, async () => {
    await repository.close()
    await ownership.release()
  })
  const write = async (number: number) => {
    const blob = makeObject('blob', randomBytes(1_000_000))
    const ref = `refs/notes/${number}`
    assert.equal(await repository.land([blob], [{ ref, from: null, to: blob.oid }]), 'landed')
  }
  for (let number = 0; number < 12; number++) await write(number)
  await repository.seal().catch(trouble.resolve)
  assert.match(String(await trouble.promise), /EIO/)
  await write(12)
  const copy = await newFolder(t)
  await cp(folder, copy, { recursive: true })
  await rm(join(copy, 'commitbase-owner'))
  const next = await takeOwnership(copy)
  const reopened = await openLocal(copy, { ownership: next })
  assert.equal((await reopened.refs(['refs/notes/'])).size, 13)
  await reopened.close()
  await next.release()
  await assertSound(copy)
})

test('a pack that the new file goes on from stays where nobody knows whether that file is the one that is there', async (t) => {
  const folder = await newFolder(t)
  let [isFull, isBroken] = [false, false]
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      const file = await nodeFiles.create(path, options)
      const write: typeof file.write = async (...given) => {
        if (isFull && path.includes(aheadFile))
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        await file.write(...given)
      }
      return { ...file, write }
    },
    syncFolder: async (path) => {
      if (isBroken) throw new Error('EIO: i/o error')
      await nodeFiles.syncFolder(path)
    },
  }
  const ownership = await takeOwnership(folder)
  const repository = await openLocal(folder, { ownership, files })
  afterwards(t, async () => {
    await repository.close()
    await ownership.release()
  })
  const write = async (text: string) => {
    const blob = makeObject('blob', Buffer.from(text))
    await repository.land([blob], [{ ref: `refs/notes/${text}`, from: null, to: blob.oid }])
  }
  await write('sealed')
  await repository.seal()
  await write('waiting')
  isFull = true
  await assert.rejects(write('full'), { code: 'unavailable' })
  isFull = false
  isBroken = true
  await assert.rejects(write('broken'), { code: 'unavailable' })
  isBroken = false
  await repository.seal()
  const copy = await newFolder(t)
  await cp(folder, copy, { recursive: true })
  await rm(join(copy, 'commitbase-owner'))
  const next = await takeOwnership(copy)
  afterwards(t, () => next.release())
  const reopened = await openLocal(copy, { ownership: next })
  assert.deepEqual([...(await reopened.refs(['refs/notes/'])).keys()].sort(), [
    'refs/notes/sealed',
    'refs/notes/waiting',
  ])
  await reopened.close()
})

/** Each file may have so many bytes; a write that is too long for them fills what is there, as the system's do. */
function smallDisk(disk: { readonly left: number }): Files {
  return {
    ...nodeFiles,
    create: async (path, options) => {
      const file = await nodeFiles.create(path, options)
      const write: typeof file.write = async (buffers, position) => {
        const bytes = Buffer.concat(buffers)
        await file.write([bytes.subarray(0, Math.max(0, disk.left - position))], position)
        if (position + bytes.length > disk.left)
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      }
      return { ...file, write }
    },
  }
}

async function newFile(t: TestContext, files = nodeFiles) {
  const path = join(await newFolder(t), aheadFile)
  const file = new AheadFile(path, files)
  afterwards(t, () => file.close())
  await file.renew([], [])
  const read = async () => (await readAhead(path)).batches.map(({ pack }) => pack)
  return { path, file, read }
}

function batch(pack: number): Batch {
  return { updates: [], deferred: [], pack, from: 12, table: Buffer.alloc(0), pieces: [Buffer.from(`${pack}`)] }
}
