import assert from 'node:assert/strict'
import { link, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Files, nodeFiles } from '../disk/files.ts'
import { newFolder } from '../testing/gitFolder.ts'
import { TwoFiles } from './twoFiles.ts'

test('the file that was replaced is the next one that is written, over what is in it', async (t) => {
  const { path, renew } = await newTwoFiles(t)
  const inodes: number[] = []
  for (const text of ['first', 'second', '3', '4', '5']) {
    await renew(text)
    inodes.push((await stat(path)).ino)
  }
  const [first, second] = inodes
  assert.deepEqual(inodes, [first, second, first, second, first])
  assert.equal(await readFile(path, 'utf8'), '5irst')
  assert.deepEqual(await readdir(dirname(path)), ['file', 'file.spare'])
})

for (const ending of ['.spare', '.next', '.new'] as const) {
  test(`what a killed owner left as ${ending} is not written to: it may be the file itself`, async (t) => {
    const { path, files } = await newTwoFiles(t)
    await writeFile(path, 'acknowledged')
    await link(path, path + ending)
    for (const beginning of ['.next', '.new'] as const) {
      const { file } = await files.begin(beginning)
      await file.write([Buffer.from('new')], 0)
      await file.close()
      assert.equal(await readFile(path, 'utf8'), 'acknowledged')
    }
    await files.removeRest()
    assert.deepEqual(await readdir(dirname(path)), ['file'])
  })
}

test('a file whose name may be that of the one before, after a power cut, is not written to', async (t) => {
  let isBroken = false
  const { path, renew } = await newTwoFiles(t, {
    ...nodeFiles,
    syncFolder: async (folder) => {
      if (isBroken) throw new Error('EIO: i/o error')
      await nodeFiles.syncFolder(folder)
    },
  })
  await renew('first')
  const first = (await stat(path)).ino
  isBroken = true
  await assert.rejects(renew('second'), /EIO/)
  const kept = join(await newFolder(t), 'kept')
  await link(`${path}.spare`, kept)
  assert.equal((await stat(kept)).ino, first)
  isBroken = false
  for (const text of ['third', 'fourth', 'fifth']) await renew(text)
  assert.equal(await readFile(kept, 'utf8'), 'first')
  assert.equal(await readFile(path, 'utf8'), 'fifth')
})

test('where the file system has no second names, or the file is very large, it goes when it is replaced', async (t) => {
  const isUnknown = () => Promise.reject(Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' }))
  const without = await newTwoFiles(t, { ...nodeFiles, link: isUnknown })
  const large = await newTwoFiles(t)
  for (const { path, renew } of [without, large]) {
    for (const text of ['first', '2', '3']) {
      await renew(text, 65 << 20)
      assert.equal(await readFile(path, 'utf8'), text)
    }
    assert.deepEqual(await readdir(dirname(path)), ['file'])
  }
})

async function newTwoFiles(t: TestContext, disk: Files = nodeFiles) {
  const path = join(await newFolder(t), 'file')
  const files = new TwoFiles(path, disk)
  let isFirst = true
  const renew = async (text: string, size = 10) => {
    const successor = await files.begin('.next')
    await successor.file.write([Buffer.from(text)], 0)
    await successor.file.close()
    await files.replaceBy(successor, isFirst ? 0 : size)
    isFirst = false
  }
  return { path, files, renew }
}
