import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { git, runGit } from '../commands/git.ts'
import { afterwards } from './afterwards.ts'

/** A folder that is there until the test ends. */
export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'git-test-'))
  afterwards(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A bare repository as `git init` makes it. */
export async function newBare(t: TestContext, branch = 'main'): Promise<string> {
  const folder = await newFolder(t)
  await git(['init', '--bare', '--quiet', `--initial-branch=${branch}`, folder])
  return folder
}

/** The same as GitHub sets it up: partial clones, and no filter but the simplest ("tree filter allows max depth 0", "filter 'combine' not supported"). */
export async function newFilteringBare(t: TestContext, branch = 'main'): Promise<string> {
  const folder = await newBare(t, branch)
  const settings = {
    'uploadpack.allowFilter': 'true',
    'uploadpack.allowAnySHA1InWant': 'true',
    'uploadpackfilter.tree.maxDepth': '0',
    'uploadpackfilter.combine.allow': 'false',
  }
  for (const [key, value] of Object.entries(settings)) await git([`--git-dir=${folder}`, 'config', key, value])
  return folder
}

/** Git finds nothing wrong with the repository, whatever it is asked to look at. */
export async function assertSound(folder: string): Promise<void> {
  const { status, output, words } = await runGit([`--git-dir=${folder}`, 'fsck', '--full', '--strict', '--no-dangling'])
  const found = `${output}${words}`.split('\n').filter((line) => line !== '' && !line.startsWith('notice: '))
  assert.deepEqual({ status, found }, { status: 0, found: [] })
}
