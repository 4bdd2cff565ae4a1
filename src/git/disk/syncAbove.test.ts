import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { newFolder } from '../testing/gitFolder.ts'
import { nodeFiles } from './files.ts'
import { syncAbove } from './syncAbove.ts'

test('folders above that are not ours to write, or that the system cannot sync, are passed over; no other failure is', async (t) => {
  const folder = join(await newFolder(t), 'a')
  const failing = (code: string) => {
    const synced: string[] = []
    const syncFolder = async (path: string) => {
      synced.push(path)
      if (path === dirname(folder)) throw Object.assign(new Error(code), { code })
    }
    return { synced, done: syncAbove(folder, { ...nodeFiles, syncFolder }) }
  }
  for (const code of ['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP', 'ENOSYS']) {
    const { synced, done } = failing(code)
    await assert.doesNotReject(done, code)
    assert.equal(synced.at(-1), '/', code)
  }
  for (const code of ['EIO', 'ENOSPC', 'ENOENT']) await assert.rejects(failing(code).done, { code })
})
