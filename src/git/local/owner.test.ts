import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runGit } from '../commands/git.ts'
import { encodeCommit } from '../objects/commit.ts'
import { makeObject } from '../objects/object.ts'
import { encodeTree } from '../objects/tree.ts'
import { afterwards } from '../testing/afterwards.ts'
import { openLocal } from './local.ts'
import { findOwner, takeOwnership } from './owner.ts'

test('a folder has one owner; the next one is told which process it is, and where', async (t) => {
  const folder = await newFolder(t)
  const ownership = await takeOwnership(folder)
  await ownership.announce('http://127.0.0.1:4711')
  const message = new RegExp(`${folder} is in use by process ${process.pid} at http://127.0.0.1:4711`)
  await assert.rejects(takeOwnership(folder), { code: 'conflict', message })
  assert.deepEqual(await findOwner(folder), { pid: process.pid, address: 'http://127.0.0.1:4711' })
  await ownership.release()
  assert.equal(await findOwner(folder), undefined)
  await (await takeOwnership(folder)).release()
})

test('of many who want a folder at once, one gets it', async (t) => {
  const folder = await newFolder(t)
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => takeOwnership(folder)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('of many who find what a killed process left at once, one takes it over', async (t) => {
  for (let round = 0; round < 30; round++) {
    const folder = await newFolder(t)
    await writeFile(join(folder, 'commitbase-owner'), 'pid=1\nidentity=boot/1\nsecret=s\naddress=\n')
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => takeOwnership(folder)))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await readdir(folder), ['commitbase-owner'])
  }
})

test('what one left who was killed while it took over is taken over, too', async (t) => {
  const folder = await newFolder(t)
  const dead = (secret: string) => `pid=1\nidentity=boot/1\nsecret=${secret}\naddress=\n`
  await writeFile(join(folder, 'commitbase-owner'), dead('s'))
  await writeFile(join(folder, `commitbase-owner.${hash('sha256', 's').slice(0, 16)}`), dead('t'))
  const ownership = await takeOwnership(folder)
  assert.deepEqual(await findOwner(folder), { pid: process.pid, address: undefined })
  await ownership.release()
  assert.deepEqual(await readdir(folder), [])
})

test('only its user can read the owner’s secret', async (t) => {
  const folder = await newFolder(t)
  const { secret } = await takeOwnership(folder)
  assert.ok((await readFile(join(folder, 'commitbase-owner'), 'utf8')).includes(secret))
  assert.equal((await stat(join(folder, 'commitbase-owner'))).mode & 0o777, 0o600)
})

test('what a killed process left is taken over', async (t) => {
  const folder = await newFolder(t)
  const script = `import { takeOwnership } from ${JSON.stringify(new URL('owner.ts', import.meta.url))}
    await takeOwnership(${JSON.stringify(folder)}); console.log('taken'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await assert.rejects(takeOwnership(folder), { code: 'conflict', message: new RegExp(`process ${child.pid}`) })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await takeOwnership(folder)).release()
})

test('another process with the number of a dead owner is not taken for it', async (t) => {
  const folder = await newFolder(t)
  await writeFile(join(folder, 'commitbase-owner'), `pid=${process.ppid}\nidentity=boot/1\nsecret=s\naddress=\n`)
  assert.equal(await findOwner(folder), undefined)
  await (await takeOwnership(folder)).release()
})

test('while an owner lives, nobody else moves a ref; the owner does, and after it everybody', async (t) => {
  const { folder, ownership, repository } = await openOwned(t)
  const update = { ref: 'refs/heads/main', from: null, to: commit.oid }
  assert.equal(await repository.land([tree, commit], [update]), 'landed')
  await repository.seal()
  const refused = await move(folder, commit.oid)
  assert.notEqual(refused.status, 0)
  assert.match(refused.words, new RegExp(`in use by process ${process.pid}`))
  assert.equal((await move(folder, commit.oid, { COMMITBASE_OWNER: 'guessed' })).status, 128)
  assert.equal((await move(folder, commit.oid, { COMMITBASE_OWNER: ownership.secret })).status, 0)
  const blob = makeObject('blob', Buffer.from('lease'))
  assert.equal(await repository.land([blob], [{ ref: 'refs/commitbase/lease', from: null, to: blob.oid }]), 'landed')
  await repository.close()
  await ownership.release()
  assert.equal((await move(folder, commit.oid)).status, 0)
})

test('a push past the owner is refused with the reason', async (t) => {
  const { folder, ownership } = await openOwned(t)
  const clone = await newFolder(t)
  const work = ['-C', clone]
  await runGit(['init', '--quiet', clone])
  await runGit([...work, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-m', 'mine'])
  const push = await runGit([...work, 'push', folder, 'HEAD:refs/heads/main'])
  assert.notEqual(push.status, 0)
  assert.match(push.words, /this repository is in use by process \d+; push to it there/)
  await ownership.release()
  assert.equal((await runGit([...work, 'push', folder, 'HEAD:refs/heads/main'])).status, 0)
})

test('a linked worktree shows what is there, and a commit in it is refused as elsewhere', async (t) => {
  const { folder, ownership, repository } = await openOwned(t)
  const refs = ['refs/heads/main', 'refs/heads/topic']
  const moves = refs.map((ref) => ({ ref, from: null, to: commit.oid }))
  await repository.land([tree, commit], moves)
  await repository.seal()
  const linked = join(await newFolder(t), 'linked')
  const inside = (...args: string[]) => runGit(['-C', linked, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args])
  const added = await runGit([`--git-dir=${folder}`, 'worktree', 'add', linked, 'main'])
  assert.equal(added.status, 0, added.words)
  assert.match((await inside('commit', '--allow-empty', '-m', 'y')).words, /in use by process/)
  assert.notEqual((await inside('branch', 'mine')).status, 0)
  assert.equal((await inside('checkout', '--detach')).status, 0)
  for (const ref of refs) {
    assert.match((await inside('update-ref', '-d', ref)).words, /in use by process/)
    assert.match((await inside('branch', '-D', ref.slice('refs/heads/'.length))).words, /in use by process/)
  }
  assert.deepEqual(await repository.refs(refs), new Map(refs.map((ref) => [ref, commit.oid])))
  assert.equal((await inside('commit', '--allow-empty', '-m', 'y')).status, 0)
  assert.equal((await inside('reset', '--hard', 'topic')).status, 0)
  await repository.close()
  await ownership.release()
  assert.equal((await inside('branch', 'mine')).status, 0)
})

test('a hook of somebody else is left alone, and said so', async (t) => {
  const folder = await newFolder(t)
  await (await openLocal(folder)).close()
  const hook = join(folder, 'hooks', 'reference-transaction')
  await runGit(['init', '--bare', '--quiet', folder])
  await writeFile(hook, '#!/bin/sh\nexit 0\n')
  const ownership = await takeOwnership(folder)
  await assert.rejects(openLocal(folder, { ownership }), { code: 'conflict', message: /hook of somebody else/ })
  assert.equal(await readFile(hook, 'utf8'), '#!/bin/sh\nexit 0\n')
})

const tree = encodeTree([])
const commit = encodeCommit({
  tree: tree.oid,
  parents: [],
  author: { name: 'a', email: 'a@b' },
  time: 0,
  message: 'first',
})

async function openOwned(t: TestContext) {
  const folder = await newFolder(t)
  const ownership = await takeOwnership(folder)
  const repository = await openLocal(folder, { ownership })
  afterwards(t, () => repository.close())
  return { folder, ownership, repository }
}

function move(folder: string, oid: string, variables: Record<string, string> = {}) {
  const ref = `refs/heads/${Object.values(variables)[0]?.slice(0, 4) ?? 'other'}`
  return runGit([`--git-dir=${folder}`, 'update-ref', ref, oid], { variables })
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'owner-'))
  afterwards(t, () => rm(folder, { recursive: true }))
  return folder
}
