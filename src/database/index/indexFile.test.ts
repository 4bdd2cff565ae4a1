import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { newFolder } from '../../git/testing/gitFolder.ts'
import { type IndexFile, openIndexFile, removeIndexFile } from './indexFile.ts'

async function openNew(t: TestContext) {
  const path = join(await newFolder(t), 'index.sqlite')
  const file = openIndexFile(path, 'db')
  t.after(() => file.close())
  return { path, file, sizeOf: (suffix: string) => statSync(`${path}${suffix}`).size }
}

/** So many MiB, a row each. */
function write(file: IndexFile, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const { count } = file.statement('SELECT count(*) AS count FROM pages').get() as { count: number }
    const page = Buffer.alloc(1 << 20, count)
    file.transact(() => file.statement('INSERT INTO pages VALUES (1, ?, ?, ?)').run(count, page.subarray(0, 12), page))
  }
}

test('a log that has become long is put into the file, and has begun anew before the next write', async (t) => {
  const { file, sizeOf } = await openNew(t)
  for (let round = 1; round <= 3; round++) {
    write(file, 3)
    await file.checkpoint()
    write(file, 3)
    assert.ok(sizeOf('-wal') > 6 << 20)
    await file.checkpoint()
    assert.ok(sizeOf('') > (6 * round) << 20)
    assert.ok(sizeOf('-wal') < 1 << 20)
    file.transact(() => file.write('round', String(round)))
    assert.equal(file.read('round'), String(round))
  }
})

test('what is written while the log is put into the file, or begins anew, is there', async (t) => {
  const { file } = await openNew(t)
  const rows = 100
  for (let row = 0; row < rows; row++) {
    const done = file.checkpoint()
    write(file, 1)
    await done
  }
  const pages = file.statement('SELECT place, rows FROM pages ORDER BY place').all() as {
    place: number
    rows: Buffer
  }[]
  assert.deepEqual(
    pages.map(({ place, rows }) => [place, rows[0], rows.at(-1)]),
    Array.from({ length: rows }, (_, place) => [place, place, place]),
  )
  assert.deepEqual({ ...file.statement('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
})

test('a log that others had no end of is emptied while nobody writes', async (t) => {
  const { file, sizeOf } = await openNew(t)
  write(file, 64)
  await file.checkpoint()
  assert.equal(sizeOf('-wal'), 0)
  assert.ok(sizeOf('') > 64 << 20)
})

test('a file that was taken away is not made again by its checkpoint', async (t) => {
  const { file, path } = await openNew(t)
  write(file, 5)
  const done = file.checkpoint()
  removeIndexFile(path)
  await done
  assert.ok(!existsSync(path))
})
