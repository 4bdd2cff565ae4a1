import assert from 'node:assert/strict'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { type Files, nodeFiles } from '../git/disk/files.ts'
import { newBare, newFolder } from '../git/testing/gitFolder.ts'
import { layOut } from './layout.ts'

test('the names of all folders that a hub makes survive a power cut, also where one before it was killed when it had made them', async (t) => {
  const root = await newFolder(t)
  for (let time = 0; time < 2; time++) {
    const { files, synced } = recording(root)
    await layOut(join(root, 'a', 'b', 'c'), files)
    assert.deepEqual(
      ['', 'a', 'a/b', 'a/b/c'].filter((name) => !synced.includes(name)),
      [],
    )
  }
})

test('so do those in a repository that is the folder itself', async (t) => {
  const root = await newBare(t)
  const { files, synced } = recording(root)
  await layOut(root, files)
  assert.deepEqual(synced.slice(0, 2), ['commitbase', ''])
})

test('a folder above that may not be read is nobody’s hindrance', async (t) => {
  const root = await newFolder(t)
  const files: Files = {
    ...nodeFiles,
    syncFolder: async (path) => {
      if (relative(root, path) === '') throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
      await nodeFiles.syncFolder(path)
    },
  }
  assert.equal((await layOut(join(root, 'a'), files)).git, join(root, 'a', 'repository.git'))
})

function recording(root: string): { files: Files; synced: string[] } {
  const synced: string[] = []
  const files: Files = {
    ...nodeFiles,
    syncFolder: async (path) => {
      synced.push(relative(root, path))
      await nodeFiles.syncFolder(path)
    },
  }
  return { files, synced }
}
