import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGitStore, engineRef } from '../engine/storage/gitStore.ts'
import { openMemory } from '../git/memory.ts'
import { Writer } from '../git/writer.ts'
import { pruneEngine } from './pruneEngine.ts'

const branch = 'refs/heads/main'
const author = { name: 'a', email: 'a@b' }
const day = 24 * 3_600_000

test('the settings say how long the engine’s history is; thirty days where they do not', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [branch, engineRef] })
  const store = createGitStore({ repository, writer, author, clock: () => 0 })
  await store.save(new Map([['engine.json', { id: 'e', counter: 1 }]]), 'Begin an engine')
  const prune = (today: number) => pruneEngine({ repository, writer, branch, basedir: 'db', now: today * day })
  assert.equal(await prune(0), false)
  assert.equal(await prune(29), false)
  await writer.submit(async (workspace) => {
    await workspace.tree(branch).write(['db', '.commitbase.json'], Buffer.from('{"engine":{"days":7}}'))
    workspace.commit(branch, { message: 'Settings', author, time: 0 })
  })
  assert.equal(await prune(29), true)
  assert.equal(await prune(35), false)
  assert.equal(await prune(36), true)
})
