import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openLocal } from '../../git/local/local.ts'
import { openMemory } from '../../git/memory.ts'
import type { Repository } from '../../git/repository.ts'
import { Workspace } from '../../git/workspace.ts'
import { Writer } from '../../git/writer.ts'
import { createGitStore, engineRef } from './gitStore.ts'
import { testEngineStore } from './store.contract.ts'
import type { EngineStore } from './store.ts'

testEngineStore('a store on a ref in memory', async () => {
  const repository = openMemory()
  return async () => storeOn(repository, async () => {})
})

testEngineStore('a store on a ref of a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-store-'))
  after(() => rm(folder, { recursive: true, force: true }))
  return async () => {
    const repository = await openLocal(folder)
    return storeOn(repository, () => repository.close())
  }
})

test('a document that lies in the folder of before goes when it is written, and no folder gets wide', async () => {
  const repository = openMemory()
  const writer = new Writer({ repository, refs: [engineRef] })
  await writer.submit(async (workspace) => {
    for (const key of ['1', '2', '3'])
      await workspace.tree(engineRef).write(['messages', 'e3', `${key}.json`], Buffer.from(`{"key": ${key}}`))
    workspace.commit(engineRef, { message: 'before', author, time: 0 })
  })
  const store = createGitStore({ repository, writer, author, clock: () => 0 })
  assert.equal((await store.load()).size, 3)
  const changes: [string, unknown][] = [
    ['messages/1.json', { key: 1, changed: true }],
    ['messages/2.json', null],
  ]
  await store.save(new Map(changes), 'now')
  const expected = { 'messages/1.json': { key: 1, changed: true }, 'messages/3.json': { key: 3 } }
  assert.deepEqual(Object.fromEntries(await store.load()), expected)
  const keys = Array.from({ length: 2_000 }, (_, index) => 2251799813685249 + index)
  await store.save(new Map(keys.map((key) => [`messages/${key}.json`, { key }])), 'many')
  const tree = (await Workspace.open(repository, [engineRef])).tree(engineRef)
  for (const [name] of await tree.list(['messages'])) assert.ok((await tree.list(['messages', name])).size <= 258, name)
  assert.equal((await store.load()).size, 2_002)
})

const author = { name: 'Engine', email: 'engine@example.net' }

function storeOn(repository: Repository, close: () => Promise<void>): EngineStore {
  const writer = new Writer({ repository, refs: [engineRef] })
  const store = createGitStore({ repository, writer, author, clock: () => 0 })
  const closeBoth = async () => {
    await writer.close()
    await close()
  }
  return { ...store, close: closeBoth }
}
