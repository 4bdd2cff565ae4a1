import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Hub } from '../../src/hub/hub.ts'
import { cloneAddress, git, newFolder, runGit } from '../../src/hub/testing/testHub.ts'

export async function clone(t: TestContext, hub: Hub): Promise<string> {
  const folder = join(await newFolder(t), 'work')
  await git('/', 'clone', '-q', cloneAddress(hub), folder)
  return folder
}

export async function edit(work: string, path: string, change: (text: string) => string): Promise<void> {
  const place = join(work, path)
  const text = await readFile(place, 'utf8').catch(() => '')
  await mkdir(join(place, '..'), { recursive: true })
  const changed = change(text)
  assert.notEqual(changed, text)
  await writeFile(place, changed)
}

export async function commitAll(work: string, message: string): Promise<void> {
  await git(work, 'add', '-A')
  await git(work, 'commit', '-q', '-m', message)
}

export async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8'))
}

export async function assertSound(folder: string): Promise<void> {
  const { status, words } = await runGit(folder, 'fsck', '--full', '--strict')
  assert.deepEqual([status, words], [0, ''])
}
