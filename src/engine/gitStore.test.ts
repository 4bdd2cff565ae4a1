import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openLocal } from '../git/local.ts'
import { openMemory } from '../git/memory.ts'
import type { Repository } from '../git/repository.ts'
import { Writer } from '../git/writer.ts'
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

function storeOn(repository: Repository, close: () => Promise<void>): EngineStore {
  const writer = new Writer({ repository, refs: [engineRef] })
  const author = { name: 'Engine', email: 'engine@example.net' }
  const store = createGitStore({ repository, writer, author, clock: () => 0 })
  const closeBoth = async () => {
    await writer.close()
    await close()
  }
  return { ...store, close: closeBoth }
}
