import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openLocal } from '../git/local/local.ts'
import { takeOwnership } from '../git/local/owner.ts'
import { afterwards } from '../git/testing/afterwards.ts'

const program = join(import.meta.dirname, '..', '..', 'scripts', 'commitbase.mjs')

test('upkeep by hand says what it did, in figures', async (t) => {
  const data = await newFolder(t)
  await (await openLocal(join(data, 'repository.git'))).close()
  const { status, output } = await run('--data', data)
  assert.match(
    output,
    /^packed loose objects: 0 packs, 0\.0 → 0\.0 MB, \d+\.\d s\nmerged small packs: 0 packs, 0\.0 → 0\.0 MB, \d+\.\d s\nadded commits to the commit-graph: .*\n$/,
  )
  assert.equal(status, 0)
})

test('upkeep of a repository that a process owns, or of none, is refused in one sentence', async (t) => {
  const data = await newFolder(t)
  assert.match(
    (await run('--data', data)).words,
    /^commitbase: there is no repository in .*; name its folder with --data\n$/,
  )
  const folder = join(data, 'repository.git')
  await (await openLocal(folder)).close()
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  const { status, words } = await run('--data', data)
  assert.match(words, new RegExp(`^commitbase: the repository at .* is in use by process ${process.pid}; .*\\n$`))
  assert.equal(status, 1)
})

async function run(...args: string[]): Promise<{ status: number; output: string; words: string }> {
  return await new Promise((resolve) =>
    execFile(process.execPath, [program, 'upkeep', ...args], (error, output, words) =>
      resolve({ status: error ? Number(error.code) : 0, output, words }),
    ),
  )
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-'))
  afterwards(t, () => rm(folder, { recursive: true }))
  return folder
}
