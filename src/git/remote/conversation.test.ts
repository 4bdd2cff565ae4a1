import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { git } from '../commands/git.ts'
import { openLocal } from '../local/local.ts'
import { encodeCommit } from '../objects/commit.ts'
import { makeObject, type Oid } from '../objects/object.ts'
import { encodeTree } from '../objects/tree.ts'
import { newBare, newFilteringBare } from '../testing/gitFolder.ts'
import { type GitServerOptions, serveGit } from '../testing/gitServer.ts'
import { openRemote } from './remote.ts'

test('a question is one request, and those that are asked at once are one together', async (t) => {
  const { repository, requests, commit, tree, files } = await served(t)
  assert.deepEqual(await repository.refs([main]), new Map([[main, commit]]))
  assert.deepEqual(requests.splice(0), ['GET /repository.git/info/refs?service=git-upload-pack', upload])
  await repository.refs([main])
  assert.deepEqual(requests.splice(0), [upload])
  await Promise.all([repository.read([commit]), repository.read([files[0]!]), repository.read(files.slice(1))])
  assert.deepEqual(requests.splice(0), [upload])
  await Promise.all([repository.read([tree]), repository.read([tree, ...files])])
  assert.deepEqual(requests.splice(0), [upload])
  await repository.read([tree, commit, ...files])
  assert.deepEqual(requests, [])
})

test('what was to be asked for ahead comes with the head, and is not taken for what it is later', async (t) => {
  const { folder, url, requests, commit } = await served(t)
  const other = 'refs/commitbase/receipts'
  await git([`--git-dir=${folder}`, 'update-ref', other, commit])
  const repository = await openRemote({ url, ahead: ['refs/commitbase/'] })
  t.after(() => repository.close())
  assert.deepEqual(await Promise.all([repository.head(), repository.head()]), [main, main])
  requests.splice(0)
  const both = [main, other]
  assert.deepEqual(await repository.refs(both), new Map(both.map((ref) => [ref, commit])))
  assert.deepEqual(requests, [])
  await git([`--git-dir=${folder}`, 'update-ref', '-d', other])
  assert.deepEqual([...(await repository.refs(both)).keys()], [main])
  assert.deepEqual(requests, [upload])
})

test('an object that nobody has fails who asked for it, and no one else', async (t) => {
  const { repository, tree, files } = await served(t)
  const missing = '1'.repeat(40)
  const outcomes = await Promise.allSettled([
    repository.read([tree]),
    repository.read([files[0]!, missing]),
    repository.read([files[0]!]),
  ])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  const { reason } = outcomes[1] as PromiseRejectedResult
  assert.equal(reason.code, 'not_found')
  assert.match(reason.message, new RegExp(missing))
})

test('a folder, and what is in it, are all there when they were asked for together', async (t) => {
  const { repository, commit, tree, files } = await served(t)
  const read = await repository.read([tree, ...files, commit])
  assert.deepEqual(
    read.map(({ oid }) => oid),
    [tree, ...files, commit],
  )
})

test('two hundred objects are one question, and more than a conversation takes come by git', async (t) => {
  const { folder, repository, requests } = await served(t)
  const blobs = Array.from({ length: 500 }, (_, place) => makeObject('blob', Buffer.from(`blob ${place}\n`)))
  const tree = encodeTree(blobs.map(({ oid }, place) => ({ name: `${place}`, mode: '100644', oid })))
  const local = await openLocal(folder)
  await local.land([...blobs, tree], [{ ref: 'refs/heads/files', from: null, to: tree.oid }])
  await local.close()
  const oids = blobs.map(({ oid }) => oid)
  await repository.refs([main])
  requests.splice(0)
  await repository.read(oids.slice(0, 200))
  assert.deepEqual(requests.splice(0), [upload])
  const read = await repository.read(oids)
  assert.deepEqual(
    read.map(({ body }) => body.toString()),
    blobs.map(({ body }) => body.toString()),
  )
  assert.ok(requests.length > 1)
})

test('after a failure the next question begins a new conversation', async (t) => {
  const failures: number[] = []
  const { repository, commit } = await served(t, { failures })
  await repository.refs([main])
  failures.push(503)
  await assert.rejects(repository.read([commit]), { code: 'unavailable' })
  assert.equal((await repository.read([commit]))[0]!.oid, commit)
  failures.push(503)
  await assert.rejects(repository.refs([main]), { code: 'unavailable' })
  assert.deepEqual(await repository.refs([main]), new Map([[main, commit]]))
})

for (const [name, options] of Object.entries({ filters: {}, 'speaks only the old protocol': { isOld: true } }))
  test(`a server that ${name} takes a push, and gives its refs and its objects`, async (t) => {
    const folder = await newFilteringBare(t, 'trunk')
    const { url } = await serveGit(t, folder, options)
    const repository = await openRemote({ url })
    t.after(() => repository.close())
    const { objects, commit } = someObjects()
    const trunk = 'refs/heads/trunk'
    assert.equal(await repository.land(objects, [{ ref: trunk, from: null, to: commit }]), 'landed')
    const other = await openRemote({ url })
    t.after(() => other.close())
    assert.equal(await other.head(), trunk)
    assert.deepEqual(await other.refs(['refs/heads/']), new Map([[trunk, commit]]))
    const oids = objects.map(({ oid }) => oid)
    assert.deepEqual(
      (await other.read(oids)).map(({ oid }) => oid),
      oids,
    )
  })

test('a folder that lets nobody filter gives its objects, too', async (t) => {
  const folder = await newBare(t)
  const { commit, files } = await fill(folder)
  const repository = await openRemote({ url: folder })
  t.after(() => repository.close())
  assert.deepEqual(await repository.refs([main]), new Map([[main, commit]]))
  assert.equal((await repository.read([files[0]!]))[0]!.oid, files[0])
})

const main = 'refs/heads/main'
const upload = 'POST /repository.git/git-upload-pack'

/** A repository with a commit, behind HTTP. */
async function served(t: TestContext, options: GitServerOptions = {}) {
  const folder = await newFilteringBare(t)
  const made = await fill(folder)
  const { url, requests } = await serveGit(t, folder, options)
  const repository = await openRemote({ url })
  t.after(() => repository.close())
  return { ...made, folder, url, repository, requests: requests as string[] }
}

async function fill(folder: string): Promise<{ commit: Oid; tree: Oid; files: Oid[] }> {
  const made = someObjects()
  const local = await openLocal(folder)
  await local.land(made.objects, [{ ref: main, from: null, to: made.commit }])
  await local.close()
  return made
}

function someObjects() {
  const blobs = ['a', 'b', 'c'].map((text) => makeObject('blob', Buffer.from(text)))
  const tree = encodeTree(blobs.map(({ oid }, place) => ({ name: `${place}.txt`, mode: '100644', oid })))
  const author = { name: 'Ada', email: 'ada@example.org' }
  const commit = encodeCommit({ tree: tree.oid, parents: [], author, time: 0, message: 'three files' })
  const files = blobs.map(({ oid }) => oid)
  return { objects: [...blobs, tree, commit], commit: commit.oid, tree: tree.oid, files }
}
