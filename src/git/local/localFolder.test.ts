import assert from 'node:assert/strict'
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newBare, newFolder } from '../testing/gitFolder.ts'
import { Workspace } from '../workspace.ts'
import { type LocalOptions, type LocalRepository, openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

const main = 'refs/heads/main'
const made = ['HEAD', 'objects/pack', 'objects', 'refs/heads', 'refs', '', '..', '../..', '../../..']

test('what git makes a repository of is synced before its settings are there, and those before anything lands; once', async (t) => {
  const folder = join(await newFolder(t), 'a', 'b', 'new')
  const { files, steps } = recording(folder)
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  const repository = await open(t, folder, { ownership, files })
  await write(repository)
  await repository.close()
  const settings = steps.indexOf('rename config')
  const landing = steps.indexOf('create commitbase-ahead.new')
  assert.ok(settings >= 0 && landing >= 0, steps.join('\n'))
  const isSyncedBefore = (end: number) => (name: string) => steps.slice(0, end).includes(`sync ${name}`)
  assert.deepEqual(made.filter(isSyncedBefore(settings)), made)
  assert.match(steps[settings - 1]!, /^sync config-/)
  assert.ok(steps.slice(settings, landing).includes('sync '))
  steps.length = 0
  await open(t, folder, { ownership, files })
  assert.ok(!steps.includes('sync HEAD'))
})

test('a start that was killed before all was synced leaves that to the next one', async (t) => {
  for (let last = 0, isWhole = false; !isWhole; last++) {
    const folder = join(await newFolder(t), 'a', 'b', 'new')
    const killed = recording(folder, last)
    isWhole = await openLocal(folder, { files: killed.files }).then(
      (repository) => repository.close().then(() => true),
      () => false,
    )
    const next = recording(folder)
    await open(t, folder, { files: next.files })
    const synced = killed.steps.includes('rename config') ? killed.steps : next.steps
    const words = `killed after ${killed.steps.join(', ')}`
    assert.deepEqual(
      made.filter((name) => !synced.includes(`sync ${name}`)),
      [],
      words,
    )
    assert.match(await readFile(join(folder, 'config'), 'utf8'), /allowFilter = true/, words)
  }
})

test('a repository of which a power cut left a part is made whole', async (t) => {
  const parts: Record<string, (folder: string) => Promise<void>> = {
    'an empty HEAD': (folder) => truncate(join(folder, 'HEAD')),
    'no HEAD': (folder) => rm(join(folder, 'HEAD')),
    'empty settings': (folder) => truncate(join(folder, 'config')),
    'no objects': (folder) => rm(join(folder, 'objects'), { recursive: true }),
    'settings that were on their way': (folder) => writeFile(join(folder, 'config-0123456789abcdef'), ''),
  }
  for (const [part, cut] of Object.entries(parts)) {
    const folder = join(await newFolder(t), 'new')
    await (await openLocal(folder, { branch: 'trunk' })).close()
    await cut(folder)
    await (await openLocal(folder, { branch: 'trunk' })).close()
    assert.equal(await readFile(join(folder, 'HEAD'), 'utf8'), 'ref: refs/heads/trunk\n', part)
    assert.match(await readFile(join(folder, 'config'), 'utf8'), /bare = true[\s\S]*allowFilter = true/, part)
    await write(await open(t, folder))
    await assertSound(folder)
  }
})

test('an empty HEAD beside branches with other names is a person’s to fill', async (t) => {
  const folder = await newBare(t, 'trunk')
  const repository = await open(t, folder)
  await write(repository, 'refs/heads/trunk')
  await repository.close()
  await truncate(join(folder, 'HEAD'))
  await assert.rejects((await open(t, folder)).head(), { code: 'invalid', message: /set it to one/ })
  assert.equal((await stat(join(folder, 'HEAD'))).size, 0)
})

test('what a person has set stays, and a setting of ours that he took out is there again', async (t) => {
  const folder = await newFolder(t)
  await (await openLocal(folder)).close()
  const config = [`--git-dir=${folder}`, 'config']
  await git([...config, 'gc.pruneExpire', 'never'])
  await git([...config, '--unset', 'gc.auto'])
  await open(t, folder)
  assert.equal((await git([...config, 'gc.pruneExpire'])).toString(), 'never\n')
  assert.equal((await git([...config, 'gc.auto'])).toString(), '0\n')
})

/** The disk, and what is done to it in a folder; from the step with that number on as for a process that was killed. */
function recording(folder: string, last = Number.POSITIVE_INFINITY): { files: Files; steps: string[] } {
  const steps: string[] = []
  const note = (step: string) => {
    if (steps.length >= last) throw new Error('killed')
    steps.push(step)
  }
  const noteSync = (path: string) => note(`sync ${relative(folder, path)}`)
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      note(`create ${basename(path)}`)
      return await nodeFiles.create(path, options)
    },
    rename: async (from, to) => {
      note(`rename ${basename(to)}`)
      await nodeFiles.rename(from, to)
    },
    syncFolder: async (path) => {
      noteSync(path)
      await nodeFiles.syncFolder(path)
    },
    syncFile: async (path) => {
      noteSync(path)
      await nodeFiles.syncFile(path)
    },
  }
  return { files, steps }
}

async function open(t: TestContext, folder: string, options?: LocalOptions): Promise<LocalRepository> {
  const repository = await openLocal(folder, options)
  afterwards(t, () => repository.close())
  return repository
}

async function write(repository: LocalRepository, ref = main): Promise<void> {
  const workspace = await Workspace.open(repository, [ref])
  await workspace.tree(ref).write(['a'], Buffer.from('a'))
  workspace.commit(ref, { message: 'write a', author: { name: 'Ada', email: 'ada@example.org' }, time: 0 })
  assert.equal(await workspace.land(), 'landed')
}
