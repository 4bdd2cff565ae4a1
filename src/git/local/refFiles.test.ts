import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import { readRefFiles } from './refFiles.ts'

async function repositoryWith(t: TestContext, refs: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-refs-'))
  t.after(() => rm(folder, { recursive: true }))
  const environment = { PATH: process.env.PATH }
  const run = async (...args: string[]) =>
    (await git([`--git-dir=${folder}`, ...args], { environment, input: 'x' })).toString().trim()
  await run('init', '--bare', '--quiet', folder)
  const oid = await run('hash-object', '-w', '--stdin')
  for (const ref of refs) await run('update-ref', ref, oid)
  return { folder, oid, run }
}

test('refs are found in files of their own, packed, and packed and then moved', async (t) => {
  const { folder, oid, run } = await repositoryWith(t, ['refs/commitbase/a', 'refs/commitbase/b'])
  await run('pack-refs', '--all')
  await run('update-ref', 'refs/commitbase/c', oid)
  const other = await run('hash-object', '-w', '-t', 'tree', '/dev/null')
  await run('update-ref', 'refs/commitbase/b', other)
  const names = [
    'refs/commitbase/a',
    'refs/commitbase/b',
    'refs/commitbase/c',
    'refs/commitbase/none',
    'refs/commitbase',
  ]
  assert.deepEqual(
    [...(await readRefFiles(folder, names))!],
    [
      ['refs/commitbase/a', oid],
      ['refs/commitbase/b', other],
      ['refs/commitbase/c', oid],
    ],
  )
})

test('what only git can tell is left to it', async (t) => {
  const { folder, run } = await repositoryWith(t, ['refs/tags/one'])
  await run('symbolic-ref', 'refs/tags/other', 'refs/tags/one')
  assert.equal(await readRefFiles(folder, ['refs/tags/other']), undefined)
  await writeFile(join(folder, 'refs/tags/one'), '')
  assert.equal(await readRefFiles(folder, ['refs/tags/one']), undefined)
})
