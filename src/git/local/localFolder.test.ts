import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { copyFile, lstat, readFile, realpath, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git, runGit } from '../commands/git.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newBare, newFolder } from '../testing/gitFolder.ts'
import { Workspace } from '../workspace.ts'
import { type LocalOptions, type LocalRepository, openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

const main = 'refs/heads/main'
const made = ['HEAD', 'objects/pack', 'objects', 'refs/heads', 'refs', '', '..', '../..', '../../..']

test('what git makes a repository of is synced before its settings are there, and those before anything lands; once', async (t) => {
  const folder = join(await realpath(await newFolder(t)), 'a', 'b', 'new')
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
  assert.match(steps[settings - 1]!, /^sync config\.lock$/)
  assert.ok(steps.slice(settings, landing).includes('sync '))
  steps.length = 0
  await open(t, folder, { ownership, files })
  assert.ok(!steps.includes('sync HEAD'))
})

test('a start that was killed before all was synced leaves that to the next one', async (t) => {
  for (let last = 0, isWhole = false; !isWhole; last++) {
    const folder = join(await newFolder(t), 'a', 'b', 'new')
    const killed = recording(folder, last)
    const ownership = await takeOwnership(folder)
    afterwards(t, () => ownership.release())
    isWhole = await openLocal(folder, { files: killed.files, ownership }).then(
      (repository) => repository.close().then(() => true),
      () => false,
    )
    const next = recording(folder)
    await open(t, folder, { files: next.files, ownership })
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

test('settings that are a link stay one: what it leads to is written and synced, as git does', async (t) => {
  const folder = await newBare(t)
  const elsewhere = await realpath(await newFolder(t))
  await rename(join(folder, 'config'), join(elsewhere, 'settings'))
  await symlink(join(elsewhere, 'settings'), join(folder, 'config'))
  const { files, steps } = recording(elsewhere)
  await open(t, folder, { files })
  assert.ok((await lstat(join(folder, 'config'))).isSymbolicLink())
  assert.match(await readFile(join(elsewhere, 'settings'), 'utf8'), /bare = true[\s\S]*allowFilter = true/)
  const written = steps.indexOf('rename settings')
  assert.deepEqual(steps.slice(written - 1, written + 2), ['sync settings.lock', 'rename settings', 'sync '])
})

test('git is kept from the settings while ours are written: it undoes nothing, nor do we', async (t) => {
  const folder = await newBare(t)
  const change = ['config', '--file', join(folder, 'config'), 'remote.origin.url', 'https://example.org/a']
  const words: string[] = []
  const files: Files = {
    ...nodeFiles,
    rename: async (from, to) => {
      if (to === join(folder, 'config')) words.push((await runGit(change)).words)
      await nodeFiles.rename(from, to)
    },
  }
  await open(t, folder, { files })
  assert.equal(words.length, 1)
  assert.match(words[0]!, /could not lock config file/)
  await git(change)
})

test('settings that another process writes are waited for, and what it wrote stays', async (t) => {
  const folder = await newBare(t)
  const config = join(folder, 'config')
  await copyFile(config, `${config}.lock`)
  await git(['config', '--file', `${config}.lock`, 'remote.origin.url', 'https://example.org/a'])
  let written: Promise<void> | undefined
  const endWriting = async () => {
    // Much longer than it takes to come to the lock.
    for (let turn = 0; turn < 100; turn++) await stat(folder)
    await rename(`${config}.lock`, config)
  }
  const files: Files = {
    ...nodeFiles,
    // The last before the lock is taken.
    syncFolder: async (path) => {
      await nodeFiles.syncFolder(path)
      if (path === '/') written = endWriting()
    },
  }
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  await open(t, folder, { files, ownership })
  await written
  assert.match(await readFile(config, 'utf8'), /bare = true[\s\S]*url = https:[\s\S]*allowFilter = true/)
})

test('a lock of the settings that was left is removed by the owner alone, and who else comes is told of it', async (t) => {
  const folder = await newBare(t)
  const config = join(folder, 'config')
  const before = await readFile(config, 'utf8')
  const locks = [`${config}.lock`, `${config}.lock.lock`]
  for (const lock of locks) await writeFile(lock, '')
  await assert.rejects(openLocal(folder), { code: 'conflict', message: /config\.lock exists/ })
  assert.equal(await readFile(config, 'utf8'), before)
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  await open(t, folder, { ownership })
  assert.match(await readFile(config, 'utf8'), /bare = true[\s\S]*allowFilter = true/)
  assert.deepEqual(locks.filter(existsSync), [])
})

test('where settings cannot be written no lock of theirs is left', async (t) => {
  const folder = await newBare(t)
  const rename = () => Promise.reject(new Error('the disk is full'))
  await assert.rejects(openLocal(folder, { files: { ...nodeFiles, rename } }), /the disk is full/)
  assert.ok(!existsSync(join(folder, 'config.lock')))
  await open(t, folder)
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
    remove: async (path) => {
      note(`remove ${basename(path)}`)
      await nodeFiles.remove(path)
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
