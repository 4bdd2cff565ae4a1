import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { git, runGit } from '../commands/git.ts'
import { type Files, nodeFiles } from '../disk/files.ts'
import { testRepository } from '../repository.contract.ts'
import type { Repository } from '../repository.ts'
import { afterwards } from '../testing/afterwards.ts'
import { assertSound, newBare, newFolder } from '../testing/gitFolder.ts'
import { serveGit } from '../testing/gitServer.ts'
import { Workspace } from '../workspace.ts'
import { type LocalOptions, type LocalRepository, openLocal } from './local.ts'
import { takeOwnership } from './owner.ts'

const main = 'refs/heads/main'
const receipts = 'refs/commitbase/receipts'
const author = { name: 'Ada', email: 'ada@example.org' }

testRepository('in a folder', async (t) => {
  const folder = await newFolder(t)
  await (await openLocal(folder, { branch: 'trunk' })).close()
  return { open: () => openLocal(folder), folder }
})

testRepository('in a folder of ours', async (t) => {
  const folder = await newFolder(t)
  const ownership = await takeOwnership(folder)
  const repository = await openLocal(folder, { ownership, branch: 'trunk' })
  afterwards(t, async () => {
    await repository.close()
    await ownership.release()
  })
  // It has one owner: whoever opens it gets the same, and git looks at it after a seal.
  const shared: Repository = {
    head: () => repository.head(),
    refs: (names) => repository.refs(names),
    read: (oids) => repository.read(oids),
    land: (...landing) => repository.land(...landing),
    history: repository.history,
    close: () => repository.seal(),
  }
  return { open: async () => shared, folder }
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
  const count = async () =>
    (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length
  for (const end = Date.now() + 30_000; (await count()) >= 100; await delay(10))
    assert.ok(Date.now() < end, `${await count()} packs of 150`)
  await repository.close()
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
  await assert.rejects(write(await open(t, folder), 'b'), { code: 'unavailable', message: /main\.lock is there/ })
  const repository = await openOwned(t, folder)
  await write(repository, 'b')
  for (const name of left) await assert.rejects(readFile(join(folder, name)), { code: 'ENOENT' })
})

test('what was acknowledged and not sealed is there for the next owner, whole, however often it was cut off', async (t) => {
  const disk = slowDisk(t)
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder, disk.files)
  const texts = Array.from({ length: 20 }, (_, index) => `${index}`)
  for (const text of texts) {
    await write(repository, text)
    if (Number(text) % 5 === 3) await disk.whileQuick(() => repository.seal())
    const copy = await copyOf(t, folder)
    const next = await openOwned(t, copy)
    assert.deepEqual(await namesIn(next), texts.slice(0, Number(text) + 1).sort())
    await next.close()
    await assertSound(copy)
  }
})

test('refs that a power cut left half moved are moved by the next owner', async (t) => {
  const disk = slowDisk(t)
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder, disk.files)
  await write(repository, 'a')
  const copies = [await copyOf(t, folder), await copyOf(t, folder)]
  const after = await repository.refs(['refs/'])
  await disk.whileQuick(() => repository.seal())
  for (const [index, ref] of [main, receipts].entries()) {
    const copy = copies[index]!
    await git(['clone', '--quiet', '--mirror', folder, join(copy, 'mirror')])
    await cp(join(copy, 'mirror', 'objects'), join(copy, 'objects'), { recursive: true })
    await mkdir(dirname(join(copy, ref)), { recursive: true })
    await writeFile(join(copy, ref), `${after.get(ref)}\n`)
    assert.deepEqual(await (await openOwned(t, copy)).refs(['refs/']), after)
  }
})

test('a ref that somebody moved while acknowledged writes waited is an error with both places, and loses nothing', async (t) => {
  const disk = slowDisk(t)
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder, disk.files)
  await write(repository, 'a')
  await disk.whileQuick(() => repository.seal())
  await write(repository, 'b')
  const copy = await copyOf(t, folder)
  const [first] = (await git([`--git-dir=${copy}`, 'rev-parse', main])).toString().split('\n')
  const tree = [`--git-dir=${copy}`, ...theirName, 'commit-tree', '-m', 'theirs', `${main}^{tree}`]
  const theirs = (await git(tree)).toString().trim()
  const refused = await runGit([`--git-dir=${copy}`, 'update-ref', main, theirs])
  assert.match(refused.words, /its last writes wait in commitbase-ahead/)
  await git([`--git-dir=${copy}`, '-c', 'core.hooksPath=/dev/null', 'update-ref', main, theirs])
  await assert.rejects(openOwned(t, copy), { code: 'conflict', message: new RegExp(`main .* was moved to ${theirs}`) })
  await git([`--git-dir=${copy}`, '-c', 'core.hooksPath=/dev/null', 'update-ref', main, first!])
  assert.deepEqual(await namesIn(await openOwned(t, copy)), ['a', 'b'])
})

test('a push moved a ref after all was sealed, and then the owner was killed: the next one goes on from the push', async (t) => {
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder)
  for (const name of ['a', 'b']) await write(repository, name)
  const push = [`--git-dir=${folder}`, '-c', 'core.hooksPath=/dev/null', 'update-ref', 'refs/heads/side', main]
  const move = [`--git-dir=${folder}`, '-c', 'core.hooksPath=/dev/null', 'update-ref', main, `${main}~1`]
  await repository.lend(async () => void [await git(push), await git(move)])
  const next = await openOwned(t, await copyOf(t, folder))
  assert.deepEqual(await namesIn(next), ['a'])
  await write(next, 'c')
  assert.deepEqual(await namesIn(next), ['a', 'c'])
})

test('an ahead-file that was torn at its end keeps all that was acknowledged before', async (t) => {
  const disk = slowDisk(t)
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder, disk.files)
  await write(repository, 'a')
  await write(repository, 'b')
  const copy = await copyOf(t, folder)
  const bytes = await readFile(join(copy, 'commitbase-ahead'))
  // Where the last frame begins, by its marker, and ends, by its length; behind it there are zeros.
  const size = bytes.lastIndexOf('c04d17ba', undefined, 'hex')
  const end = size + 12 + bytes.readUInt32BE(size + 4)
  const lengths = [size, size + 1, size + 20, end - 1]
  const torn = lengths.flatMap((length) => [bytes.subarray(0, length), Buffer.from(bytes).fill(0, length)])
  for (const left of torn) {
    const cut = await copyOf(t, copy)
    await writeFile(join(cut, 'commitbase-ahead'), left)
    assert.deepEqual(await namesIn(await openOwned(t, cut)), ['a'])
  }
  bytes[size - 10]! ^= 1
  await writeFile(join(copy, 'commitbase-ahead'), bytes)
  await assert.rejects(openOwned(t, copy), { code: 'internal', message: /acknowledged writes cannot be read/ })
})

test('what was acknowledged survives a kill after packs were merged, also those that the ahead-file goes on from', async (t) => {
  const disk = slowDisk(t)
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder, disk.files)
  // The ahead-file is written anew from 8 MiB on; it then goes on from the pack that was sealed.
  for (let index = 0; index < 9; index++) await write(repository, `${index}`, randomBytes(1 << 20))
  await disk.whileQuick(() => repository.seal())
  await write(repository, 'b')
  await git([`--git-dir=${folder}`, 'repack', '-a', '-d', '-q'])
  const next = await openOwned(t, await copyOf(t, folder))
  assert.deepEqual((await namesIn(next)).at(-1), 'b')
  await next.close()
  await assertSound(next.folder)
  await disk.whileQuick(() => repository.close())
  const kept = (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.keep'))
  assert.deepEqual(kept, [])
})

test('nothing is lost where packs are merged between a kill after a push and the next push', async (t) => {
  const first = await openOwned(t, await newFolder(t))
  await write(first, 'a')
  await first.lend(async () => {})
  await write(first, 'b')
  const folder = await copyOf(t, first.folder)
  // It goes on from the pack of before the push, and writes one that holds all of it.
  const next = await openOwned(t, folder)
  // Git merges it, but for what a pack with a .keep has, too.
  await git([`--git-dir=${folder}`, 'repack', '-a', '-d', '-q'])
  await next.lend(async () => {})
  await write(next, 'c')
  await next.close()
  await assertSound(folder)
  assert.deepEqual(await namesIn(await openOwned(t, folder)), ['a', 'b', 'c'])
})

test('upkeep that a killed owner had begun is ended before packs are merged again', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const folder = await newFolder(t)
  await (await openOwned(t, folder)).close()
  const orphan = spawn('sleep', ['60'], { env: { PATH: process.env.PATH, COMMITBASE_UPKEEP: folder } })
  const other = spawn('sleep', ['60'], { env: { PATH: process.env.PATH, COMMITBASE_UPKEEP: `${folder}-other` } })
  afterwards(t, async () => other.kill())
  await Promise.all([once(orphan, 'spawn'), once(other, 'spawn')])
  const ended = once(orphan, 'exit')
  await openOwned(t, folder)
  assert.deepEqual(await ended, [null, 'SIGKILL'])
  assert.equal(other.exitCode ?? other.signalCode, null)
})

test('what landed is seen by git after a seal, in one pack that grows and not in one for each seal', async (t) => {
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder)
  for (let index = 0; index < 30; index++) {
    await write(repository, `${index}`)
    await repository.seal()
    const count = await git([`--git-dir=${folder}`, 'rev-list', '--count', 'main'])
    assert.equal(count.toString(), `${index + 1}\n`)
  }
  const packs = (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
  assert.ok(packs.length <= 2, packs.join(', '))
  for (const pack of packs)
    await git(['index-pack', '--strict', '-o', join(folder, 'x.idx'), join(folder, 'objects', 'pack', pack)])
})

test('a seal that is asked for at the moment at which one ends and another one waits, shares in that one', async (t) => {
  const folder = await newFolder(t)
  let [now, most] = [0, 0]
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      if (!path.endsWith('main.lock')) return await nodeFiles.create(path, options)
      most = Math.max(most, ++now)
      const file = await nodeFiles.create(path, options)
      return { ...file, close: () => file.close().finally(() => now--) }
    },
  }
  const repository = await openOwned(t, folder, files)
  for (let index = 0; index < 10; index++) {
    const seals: Promise<void>[] = []
    await write(repository, `a${index}`)
    const first = repository.seal().then(async () => {
      seals.push(repository.seal())
    })
    await write(repository, `b${index}`)
    seals.push(repository.seal(), first)
    await first
    await Promise.all(seals)
  }
  assert.equal(most, 1)
  assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', 'main'])).toString(), '20\n')
})

test('a seal that failed after it had moved one of the refs is done again when the cause is gone', async (t) => {
  const folder = await newFolder(t)
  let isBroken = false
  const files: Files = {
    ...nodeFiles,
    rename: async (from, to) => {
      if (isBroken && to.endsWith(main)) throw new Error('the disk is tired')
      await nodeFiles.rename(from, to)
    },
  }
  const repository = await openOwned(t, folder, files)
  await write(repository, 'a')
  await repository.seal()
  await write(repository, 'b')
  isBroken = true
  await assert.rejects(repository.seal(), /tired/)
  await write(repository, 'c')
  isBroken = false
  await repository.seal()
  for (const ref of [main, receipts])
    assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', ref])).toString(), '3\n')
})

test('what was acknowledged is there after a kill, where a seal had failed behind its packs and a write after it', async (t) => {
  const folder = await newFolder(t)
  let full = ''
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      if (full !== '' && path.endsWith(full)) throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
      const file = await nodeFiles.create(path, options)
      const write: typeof file.write = async (buffers, position) => {
        if (full !== '' && path.includes(full)) throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })
        await file.write(buffers, position)
      }
      return { ...file, write }
    },
  }
  const repository = await openOwned(t, folder, files)
  await write(repository, 'a')
  await repository.seal()
  await write(repository, 'b')
  full = 'main.lock'
  await assert.rejects(repository.seal(), /ENOSPC/)
  full = 'commitbase-ahead'
  await assert.rejects(write(repository, 'c'), /ENOSPC/)
  full = 'main.lock'
  await write(repository, 'd')
  const copy = await copyOf(t, folder)
  assert.deepEqual(await namesIn(await openOwned(t, copy)), ['a', 'b', 'd'])
  await assertSound(copy)
  full = ''
})

test('on a folder that has become read-only all that was begun ends, and what failed first is told', {
  skip: process.platform !== 'linux',
}, async (t) => {
  for (const [isSealed, failure] of [
    [false, /EROFS: read-only file system, open/],
    [true, /EROFS: read-only file system, unlink/],
  ] as const) {
    const folder = await newFolder(t)
    const disk = readOnlyDisk()
    const before = await childrenOfThisProcess()
    const ownership = await takeOwnership(folder)
    afterwards(t, () => ownership.release())
    const repository = await openLocal(folder, { ownership, files: disk.files })
    await write(repository, 'a')
    await repository.lend(async () => {})
    assert.ok((await readdir(folder)).includes('commitbase-ahead.spare'))
    await assert.rejects(repository.read(['1'.repeat(40)]), { code: 'not_found' })
    disk.isReadOnly = !isSealed
    await write(repository, 'b')
    if (isSealed) await repository.seal()
    disk.isReadOnly = true
    await assert.rejects(repository.close(), failure)
    assert.deepEqual(await childrenOfThisProcess(), before)
    assert.deepEqual(await namesIn(await openOwned(t, await copyOf(t, folder))), ['a', 'b'])
  }
})

test('a multi-pack-index that a person has written beside us names no pack that is gone', async (t) => {
  const folder = await newFolder(t)
  const repository = await openOwned(t, folder)
  for (const name of ['a', 'b']) {
    await write(repository, name)
    await repository.seal()
    await git([`--git-dir=${folder}`, 'multi-pack-index', 'write'])
  }
  await write(repository, 'c')
  await repository.close()
  await assertSound(folder)
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
  afterwards(t, () => repository.close())
  return repository
}

/** A disk on which a seal takes for ever but where that is wanted: what landed stays in the ahead-file. */
function slowDisk(t: TestContext) {
  let gate = Promise.withResolvers<void>()
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      if (path.includes('tmp_pack')) await gate.promise
      return nodeFiles.create(path, options)
    },
  }
  const whileQuick = async (action: () => Promise<void>) => {
    gate.resolve()
    await action()
    gate = Promise.withResolvers()
  }
  t.after(() => gate.resolve())
  return { files, whileQuick }
}

/** One that can become read-only; what is open goes on being written. */
function readOnlyDisk() {
  const disk = { isReadOnly: false }
  const refuse = (what: string) => {
    if (disk.isReadOnly) throw Object.assign(new Error(`EROFS: read-only file system, ${what}`), { code: 'EROFS' })
  }
  const files: Files = {
    ...nodeFiles,
    create: async (path, options) => {
      refuse('open')
      return await nodeFiles.create(path, options)
    },
    remove: async (path) => {
      refuse('unlink')
      await nodeFiles.remove(path)
    },
  }
  return Object.assign(disk, { files })
}

const theirName = ['-c', 'user.name=Bo', '-c', 'user.email=bo@example.org']

/** Closing lets the folder go as well. */
async function openOwned(t: TestContext, folder: string, files?: Files): Promise<LocalRepository> {
  const ownership = await takeOwnership(folder)
  afterwards(t, () => ownership.release())
  const repository = await openLocal(folder, { ownership, files }).catch(async (error) => {
    await ownership.release()
    throw error
  })
  afterwards(t, () => repository.close())
  const close = repository.close.bind(repository)
  repository.close = async () => {
    await close()
    await ownership.release()
  }
  return repository
}

/** The folder as a kill would leave it at this moment. */
async function copyOf(t: TestContext, folder: string): Promise<string> {
  const copy = await newFolder(t)
  await cp(folder, copy, { recursive: true })
  await rm(join(copy, 'commitbase-owner'), { force: true })
  return copy
}

async function namesIn(repository: Repository): Promise<string[]> {
  return [...(await (await Workspace.open(repository, [main])).tree(main).list([])).keys()]
}

/** One commit on the branch and one on the receipts. */
async function write(repository: Repository, name: string, bytes = Buffer.from(name)): Promise<void> {
  const workspace = await Workspace.open(repository, [main, receipts])
  for (const ref of [main, receipts]) {
    await workspace.tree(ref).write([name], bytes)
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
