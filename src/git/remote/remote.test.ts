import assert from 'node:assert/strict'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import { openLocal } from '../local/local.ts'
import { makeObject } from '../objects/object.ts'
import { testRepository } from '../repository.contract.ts'
import type { Repository } from '../repository.ts'
import { testSharedRepository } from '../shared/sharedRepository.contract.ts'
import { assertSound, newBare, newFilteringBare, newFolder } from '../testing/gitFolder.ts'
import { serveGit } from '../testing/gitServer.ts'
import { Workspace } from '../workspace.ts'
import { openRemote } from './remote.ts'

const token = 'ghp_tokenOfTheTest'

testRepository('on a remote in a plain folder', async (t) => {
  const url = await newBare(t, 'trunk')
  const parent = await newFolder(t)
  return { open: () => openRemote({ url, folder: parent }), folder: url }
})

testRepository('on a remote over HTTP that filters', async (t) => {
  const folder = await newFilteringBare(t, 'trunk')
  const { url } = await serveGit(t, folder, { token })
  return { open: () => openRemote({ url, token }), folder }
})

testSharedRepository('on a remote in a plain folder', async (t) => {
  const url = await newBare(t, 'trunk')
  return { open: () => openRemote({ url }) }
})

testSharedRepository('on a remote over HTTP', async (t) => {
  const { url } = await serveGit(t, await newBare(t, 'trunk'), { token })
  return { open: () => openRemote({ url, token }) }
})

test('a push that puts a ref beside another that is refused gives the words of the server', async (t) => {
  const folder = await newBare(t)
  const hook = join(folder, 'hooks', 'update')
  await writeFile(hook, '#!/bin/sh\n[ "$1" != refs/commitbase/lease ] || { echo "no leases here" >&2; exit 1; }\n')
  await chmod(hook, 0o755)
  const repository = await openRemote({ url: folder })
  t.after(() => repository.close())
  const blob = makeObject('blob', Buffer.from('a'))
  const refs = ['refs/commitbase/inbox/a', 'refs/commitbase/lease']
  const updates = refs.map((ref) => ({ ref, from: null, to: blob.oid }))
  const { moved, refusal } = await repository.landEach([blob], updates)
  assert.deepEqual([...moved], refs.slice(0, 1))
  assert.match(refusal!.message, /no leases here/)
})

test('the token is in no argument, no file and no error', async (t) => {
  const folder = await newFilteringBare(t)
  const { url } = await serveGit(t, folder, { token })
  const bin = await newFolder(t)
  const log = join(bin, 'arguments')
  await writeFile(join(bin, 'git'), `#!/bin/sh\necho "$@" >>'${log}'\nPATH=/usr/bin:/bin exec git "$@"\n`)
  await chmod(join(bin, 'git'), 0o755)
  const parent = await newFolder(t)
  const repository = await openRemote({ url, token, folder: parent, environment: { PATH: `${bin}:/usr/bin:/bin` } })
  t.after(() => repository.close())
  await write(repository, ['a.txt'], 'a')
  await write(repository, ['a.txt'], 'b')
  const seen = await readFile(log, 'latin1')
  assert.match(seen, /push.*\n/)
  for (const file of (await readdir(parent, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )) {
    const text = await readFile(join(file.parentPath, file.name), 'latin1')
    for (const form of secretForms) assert.ok(!text.includes(form), `${file.name} holds ${form}`)
  }
  for (const form of secretForms) assert.ok(!seen.includes(form))
})

test('a server that refuses the token, and says it aloud, is unauthorized without a word of it', async (t) => {
  const server = createServer((request, response) => {
    const words = `token ${token} (${request.headers.authorization}) may not see this`
    response.writeHead(403, { 'content-type': 'text/plain' }).end(words)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const repository = await open(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}/r.git`, token)
  const error = await rejection(repository.refs(['refs/']))
  assert.equal(error.code, 'unauthorized')
  assert.match(error.message, /token \*\*\* \(Basic \*\*\*\) may not see this/)
})

test('a wrong token, no repository and no server are told apart', async (t) => {
  const { url } = await serveGit(t, await newBare(t), { token })
  const codes = [
    (await rejection((await open(t, url, 'wrong')).refs(['refs/']))).code,
    (await rejection((await open(t, url.replace('repository', 'other'), token)).refs(['refs/']))).code,
    (await rejection((await open(t, join(await newFolder(t), 'nothing'))).refs(['refs/']))).code,
    (await rejection((await open(t, await closedAddress())).refs(['refs/']))).code,
  ]
  assert.deepEqual(codes, ['unauthorized', 'not_found', 'not_found', 'unavailable'])
})

test('a push that the remote refuses without a race is an error with the words of its hook', async (t) => {
  const folder = await newBare(t)
  const hook = join(folder, 'hooks', 'pre-receive')
  await writeFile(hook, '#!/bin/sh\necho "no commits on Sundays" >&2\nexit 1\n')
  await chmod(hook, 0o755)
  const error = await rejection(write(await open(t, folder), ['a'], 'a'))
  assert.equal(error.code, 'unauthorized')
  assert.match(error.message, /no commits on Sundays/)
})

test('a push whose answer is lost on the way has landed', async (t) => {
  const folder = await newBare(t)
  const beforePushIsAnswered = () => {
    throw new Error('the line is cut')
  }
  const { url } = await serveGit(t, folder, { beforePushIsAnswered })
  const repository = await open(t, url)
  assert.equal(await write(repository, ['a'], 'a'), 'landed')
  assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', 'main'])).toString(), '1\n')
})

test('a race that is lost while the push is under way is lost, and nothing is forced', async (t) => {
  const folder = await newBare(t)
  const slow = await open(t, folder)
  const quick = await open(t, folder)
  await write(quick, ['a'], 'a')
  const workspace = await Workspace.open(slow, [main])
  await write(quick, ['b'], 'b')
  await workspace.tree(main).write(['c'], Buffer.from('c'))
  workspace.commit(main, { message: 'late', author, time: 0 })
  assert.equal(await workspace.land(), 'lost')
  assert.equal((await git([`--git-dir=${folder}`, 'rev-list', '--count', 'main'])).toString(), '2\n')
})

test('a write fetches the folders on its way and no record beside it', async (t) => {
  const folder = await newFilteringBare(t)
  const loaded = await openLocal(folder)
  const workspace = await Workspace.open(loaded, [main])
  for (let index = 0; index < 300; index++) {
    await workspace.tree(main).write(['db', 'stock', `${index % 20}`, `${index}.json`], Buffer.from(`record ${index}`))
  }
  workspace.commit(main, { message: 'load', author, time: 0 })
  await workspace.land()
  await loaded.close()
  const parent = await newFolder(t)
  const repository = await openRemote({ url: (await serveGit(t, folder)).url, folder: parent })
  t.after(() => repository.close())
  assert.equal(await write(repository, ['db', 'stock', '7', '7.json'], 'changed'), 'landed')
  const [store] = await readdir(parent)
  const own = join(parent, store!, 'own.git')
  const listed = await git([`--git-dir=${own}`, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'])
  const types = Map.groupBy(listed.toString().trim().split('\n'), (type) => type)
  // The commit, the root and three folders as they were, and all of them new, with the record.
  assert.deepEqual([types.get('commit')?.length, types.get('tree')?.length, types.get('blob')?.length], [2, 8, 1])
  const patch = await git([`--git-dir=${folder}`, 'show', '--stat=200', '--format=', 'main'])
  assert.match(patch.toString(), /db\/stock\/7\/7\.json \| 2 \+-\n 1 file changed/)
  await assertSound(folder)
})

test('the throw-away folder is gone after the close', async (t) => {
  const parent = await newFolder(t)
  const repository = await openRemote({ url: await newBare(t), folder: parent })
  assert.equal((await readdir(parent)).length, 1)
  await repository.close()
  assert.deepEqual(await readdir(parent), [])
  assert.ok((await stat(parent)).isDirectory())
})

const main = 'refs/heads/main'
const author = { name: 'Ada', email: 'ada@example.org' }
const secretForms = [token, Buffer.from(`x-access-token:${token}`).toString('base64')]

async function write(repository: Repository, path: readonly string[], text: string): Promise<'landed' | 'lost'> {
  const workspace = await Workspace.open(repository, [main])
  await workspace.tree(main).write(path, Buffer.from(text))
  workspace.commit(main, { message: `write ${path.join('/')}`, author, time: 0 })
  return await workspace.land()
}

async function open(t: TestContext, url: string, token?: string): Promise<Repository> {
  const repository = await openRemote({ url, token })
  t.after(() => repository.close())
  return repository
}

/** An address that nobody listens to any more. */
async function closedAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/r.git`
}

async function rejection(promise: Promise<unknown>): Promise<Error & { code: string }> {
  return await promise.then(
    () => assert.fail('nothing was thrown'),
    (error) => error,
  )
}
