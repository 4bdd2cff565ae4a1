import { testEngineStore } from './store.contract.ts'
import { createMemoryStore } from './store.ts'

testEngineStore('a store in memory', async () => {
  const store = createMemoryStore()
  return async () => store
})
