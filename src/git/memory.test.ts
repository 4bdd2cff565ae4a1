import { openMemory } from './memory.ts'
import { testRepository } from './repository.contract.ts'

testRepository('in memory', async () => {
  const repository = openMemory('trunk')
  return { open: async () => repository }
})
