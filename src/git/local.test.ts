import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from './git.ts'
import { type LocalOptions, type LocalRepository, openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'
import { testRepository } from './repository.contract.ts'
import type { Repository } from './repository.ts'
import { assertSound, newBare, newFolder } from './testing/gitFolder.ts'
import { serveGit } from './testing/gitServer.ts'
import { Workspace } from './workspace.ts'

const main = 'refs/heads/main'
const receipts = 'refs/commitbase/receipts'
const author = { name: 'Ada', email: 'ada@example.org' }

testRepository('in a folder', async (t) => {
  const folder = await newFolder(t)
  await (await openLocal(folder, { branch: 'trunk' })).close()
  return { open: () => openLocal(folder), folder }
})

test('a folder that is missing becomes a repository only where that is wanted', async (t) => {
  const folder = join(await newFolder(t), 'a', 'b')
  await assert.rejects(openLocal(folder, { create: false }), {
    code: 'not_found',
    message: /there is no repository in/,
  })
  assert.equal(await (await open(t, folder)).head(), main)
  assert.equal(await (await open(t, folder, { branch: 'other' })).head(), 'refs/heads/other')
})

test('a repository whose objects have other names than ours is refused', async (t) => {
  const folder = await newFolder(t)
  await git(['init', '--bare', '--quiet', '--object-format=sha256', folder])
  await assert.rejects(openLocal(folder), { code: 'invalid', message: /SHA-256/ })
})

test('a folder with something else in it, and a file, are left alone', async (t) => {
  const folder = await newFolder(t)
  await writeFile(join(folder, 'thesis.txt'), 'mine')
  await assert.rejects(openLocal(folder), { code: 'invalid', message: /is not empty and no bare git repository/ })
  await assert.rejects(openLocal(join(folder, 'thesis.txt')), { code: 'invalid', message: /is a file/ })
  assert.deepEqual(await readdir(folder), ['thesis.txt'])
})

test('a mirror clone of a repository is opened and goes on', async (t) => {
  const [original, mirror] = [await newFolder(t), await newFolder(t)]
  await write(await open(t, original), 'a')
  await git(['clone', '--quiet', '--mirror', original, mirror])
  const repository = await open(t, mirror)
  await write(repository, 'b')
  assert.equal((await git([`--git-dir=${mirror}`, 'rev-list', '--count', 'main'])).toString(), '2\n')
})

test('it is cloned over HTTP and from the folder while it is written, and every clone is whole', async (t) => {
  const folder = await newFolder(t)
  const repository = await open(t, folder)
  await write(repository, 'first')
  const { url } = await serveGit(t, folder)
  let isCloned = false
  const cloning = [url, folder, `file://${folder}`].map(async (from) => {
    const clone = await newFolder(t)
    await git(['clone', '--quiet', '--mirror', from, clone])
    await assertSound(clone)
  })
  const cloned = Promise.all(cloning).finally(() => {
    isCloned = true
  })
  for (let index = 0; !isCloned; index++) await write(repository, `${index}`)
  await cloned
})

test('the number of packs stays small, and nothing gets lost with those that go', async (t) => {
  const folder = await newFolder(t)
  const repository = await open(t, folder)
  for (let index = 0; index < 150; index++) await write(repository, `${index}`)
  await repository.close()
  const packs = (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
  assert.ok(packs.length < 100, `${packs.length} packs of 150`)
  await assertSound(folder)
  assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', 'main'])).toString(), '150\n')
})

test('what a killed owner left locked is free for the next one', async (t) => {
  const folder = await newFolder(t)
  await write(await open(t, folder), 'a')
  const left = [
    'HEAD.lock',
    'packed-refs.lock',
    'refs/heads/main.lock',
    'objects/pack/tmp_pack_x',
    'objects/pack/.tmp-1-pack',
  ]
  for (const name of left) await writeFile(join(folder, name), '')
  await assert.rejects(write(await open(t, folder), 'b'), { code: 'internal', message: /main\.lock/ })
  const repository = await openOwned(t, folder)
  await write(repository, 'b')
  for (const name of left) await assert.rejects(readFile(join(folder, name)), { code: 'ENOENT' })
})

test('a landing that a power cut left half done is completed by the next owner', async (t) => {
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder)
  await write(repository, 'a')
  const before = await repository.refs(['refs/'])
  await write(repository, 'b')
  const after = await repository.refs(['refs/'])
  await repository.close()
  // As if only one of the two refs had been renamed.
  await writeFile(join(folder, main), `${before.get(main)}\n`)
  assert.deepEqual(await (await openOwned(t, folder)).refs(['refs/']), after)
})

test('a landing that was completed is not done again after its refs moved on', async (t) => {
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder)
  await write(repository, 'a')
  await write(repository, 'b')
  const tip = (await repository.refs([main])).get(main)!
  await git([`--git-dir=${folder}`, '-c', 'core.hooksPath=/dev/null', 'update-ref', '-d', receipts])
  await repository.close()
  assert.deepEqual(await (await openOwned(t, folder)).refs(['refs/']), new Map([[main, tip]]))
})

test('a child of git’s that was killed is replaced', { skip: process.platform !== 'linux' }, async (t) => {
  const repository = await open(t, await newFolder(t))
  await write(repository, 'a')
  for (const pid of await childrenOfThisProcess()) process.kill(pid, 'SIGKILL')
  await write(await reopenedBySameProcess(repository), 'b')
  assert.equal((await repository.refs([main])).size, 1)
})

test('a filtered clone and a fetch by id work as they do at GitHub', async (t) => {
  const folder = await newFolder(t)
  await write(await open(t, folder), 'a')
  const clone = await newFolder(t)
  await git(['clone', '--quiet', '--bare', '--depth=1', '--filter=tree:0', `file://${folder}`, clone])
  assert.equal((await git([`--git-dir=${clone}`, 'show', 'main:a'])).toString(), 'a')
})

test('an object that a ref of refs/replace/ would hide is read as it is', async (t) => {
  const folder = await newBare(t)
  const write = async (text: string) => {
    const args = [`--git-dir=${folder}`, 'hash-object', '-w', '--stdin']
    return (await git(args, { input: text })).toString().trim()
  }
  const [mine, forged] = [await write('mine'), await write('forged')]
  await git([`--git-dir=${folder}`, 'update-ref', `refs/replace/${mine}`, forged!])
  const [read] = await (await open(t, folder)).read([mine!])
  assert.equal(read!.body.toString(), 'mine')
})

async function open(t: TestContext, folder: string, options?: LocalOptions): Promise<LocalRepository> {
  const repository = await openLocal(folder, options)
  t.after(() => repository.close())
  return repository
}

/** Closing lets the folder go as well. */
async function openOwned(t: TestContext, folder: string): Promise<Repository> {
  const ownership = await takeOwnership(folder)
  const repository = await open(t, folder, { ownership })
  t.after(() => ownership.release())
  return {
    head: () => repository.head(),
    refs: (names) => repository.refs(names),
    read: (oids) => repository.read(oids),
    land: (objects, updates) => repository.land(objects, updates),
    history: repository.history,
    close: async () => {
      await repository.close()
      await ownership.release()
    },
  }
}

/** One commit on the branch and one on the receipts. */
async function write(repository: Repository, name: string): Promise<void> {
  const workspace = await Workspace.open(repository, [main, receipts])
  for (const ref of [main, receipts]) {
    await workspace.tree(ref).write([name], Buffer.from(name))
    workspace.commit(ref, { message: `write ${name}`, author, time: 0 })
  }
  assert.equal(await workspace.land(), 'landed')
}

async function childrenOfThisProcess(): Promise<number[]> {
  const listed = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
  return listed.trim().split(' ').filter(Boolean).map(Number)
}

/** Resolves when the repository has noticed that its children are gone. */
async function reopenedBySameProcess(repository: LocalRepository): Promise<Repository> {
  while ((await childrenOfThisProcess()).length > 0) await new Promise((resolve) => setImmediate(resolve))
  return repository
}
