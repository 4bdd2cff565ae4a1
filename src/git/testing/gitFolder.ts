import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { git, runGit } from '../git.ts'
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

/** Git finds nothing wrong with the repository, whatever it is asked to look at. */
export async function assertSound(folder: string): Promise<void> {
  const { status, output, words } = await runGit([`--git-dir=${folder}`, 'fsck', '--full', '--strict', '--no-dangling'])
  const found = `${output}${words}`.split('\n').filter((line) => line !== '' && !line.startsWith('notice: '))
  assert.deepEqual({ status, found }, { status: 0, found: [] })
}
