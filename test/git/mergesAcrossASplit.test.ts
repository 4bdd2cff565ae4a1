import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { idDigits } from '../../src/database/tables/tableFolder.ts'
import { git, runGit } from '../../src/hub/testing/testHub.ts'
import { assertSound, commitAll, edit } from './clone.ts'
import { fill, openStore, type Store } from './openStore.ts'

const low = (id: string) => `db/item/${idDigits(id).slice(0, 2)}/${id}.json`
const high = (id: string) => `db/item/${id}.json`

test('an edit from before the split is merged into the record where it is now', async (t) => {
  const store = await openSplit(t, (work) => edit(work, high('r7'), (text) => text.replace('"n": 7', '"n": 70')))
  await mergeAndPush(store)
  assert.equal((await store.call('get', 'item', 'r7')).n, 70)
  assert.equal(await git(store.work, 'ls-files', low('r7'), high('r7')), low('r7'))
  await assertHolds(store, 1_001)
})

test('an insert from before the split stays where it was, is found there, and moves down with the next write beside it', async (t) => {
  const store = await openSplit(t, (work) => edit(work, high('mine'), () => '{"_id": "mine"}'))
  await mergeAndPush(store)
  assert.equal((await store.call('get', 'item', 'mine'))._id, 'mine')
  await assertHolds(store, 1_002)
  await store.call('upsert', 'item', { _id: 'r1', n: 10 })
  await git(store.work, 'pull', '-q', '--ff-only')
  assert.equal(await git(store.work, 'ls-files', low('mine'), high('mine')), low('mine'))
  assert.equal((await store.call('get', 'item', 'mine'))._id, 'mine')
  await assertHolds(store, 1_002)
})

test('a delete from before the split of a record that stayed as it was: a conflict, which git rm ends', async (t) => {
  const store = await openSplit(t, (work) => rm(join(work, high('r7'))))
  const merge = await runGit(store.work, 'merge', 'origin/main')
  assert.match(merge.output, /^CONFLICT .*r7\.json/m)
  await git(store.work, 'rm', '-q', low('r7'))
  await git(store.work, 'commit', '-q', '--no-edit')
  await git(store.work, 'push', '-q')
  assert.equal(await store.call('get', 'item', 'r7'), undefined)
  await assertHolds(store, 1_000)
})

test('a rename from before the split: a conflict, which taking away both old names ends', async (t) => {
  const store = await openSplit(t, async (work) => {
    await git(work, 'mv', high('r7'), high('seven'))
    await edit(work, high('seven'), (text) => text.replace('"r7"', '"seven"'))
  })
  const merge = await runGit(store.work, 'merge', 'origin/main')
  assert.match(merge.output, /^CONFLICT .*r7\.json/m)
  await git(store.work, 'rm', '-q', high('r7'), low('r7'))
  await git(store.work, 'add', high('seven'))
  await git(store.work, 'commit', '-q', '--no-edit')
  await git(store.work, 'push', '-q')
  assert.equal(await store.call('get', 'item', 'r7'), undefined)
  assert.equal((await store.call('get', 'item', 'seven')).n, 7)
  await assertHolds(store, 1_001)
})

test('both inserted the same id: the push is refused with both paths until one is gone', async (t) => {
  const store = await openSplit(t, (work) => edit(work, high('r1000'), () => '{"_id": "r1000", "n": "mine"}'))
  await git(store.work, 'merge', '-q', '--no-edit', 'origin/main')
  const refused = await runGit(store.work, 'push')
  assert.notEqual(refused.status, 0)
  assert.match(refused.words, new RegExp(`two files hold the same id: ${high('r1000')} and ${low('r1000')}`))
  await git(store.work, 'rm', '-q', high('r1000'))
  await git(store.work, 'commit', '-q', '-m', 'Keep theirs')
  await git(store.work, 'push', '-q')
  await assertHolds(store, 1_001)
})

test('the split is a commit of its own, of which git says that it moves files and changes none', async (t) => {
  const store = await openSplit(t, async (work) => edit(work, 'notes.txt', () => 'mine\n'))
  const log = (await git(store.work, 'log', '-2', '--format=%s', 'origin/main')).split('\n')
  assert.match(log[1]!, /split/i)
  const changed = await git(
    store.work,
    'diff',
    '--raw',
    '-M100%',
    '-l0',
    '--diff-filter=AMD',
    'origin/main~2',
    'origin/main~1',
  )
  assert.equal(changed, '')
})

/** A person changes a table of 1,000 in a clone, and the 1,001st record splits it meanwhile. */
async function openSplit(t: TestContext, change: (work: string) => Promise<void>): Promise<Store> {
  const store = await openStore(t)
  await fill(store, 'item', 1_000)
  await git(store.work, 'pull', '-q', '--ff-only')
  await git(store.work, 'config', 'merge.renameLimit', '0')
  await change(store.work)
  await commitAll(store.work, 'By hand')
  await store.call('insert', 'item', { _id: 'r1000', n: 1_000 })
  await git(store.work, 'fetch', '-q')
  return store
}

async function mergeAndPush({ work }: Store): Promise<void> {
  await git(work, 'merge', '-q', '--no-edit', 'origin/main')
  await git(work, 'push', '-q')
}

async function assertHolds({ hub, call }: Store, count: number): Promise<void> {
  assert.equal(await call('count', 'item', {}), count)
  await assertSound(hub.folder)
}
