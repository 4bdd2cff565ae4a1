import { openMemory } from './memory.ts'
import { testRepository } from './repository.contract.ts'
import { testSharedRepository } from './shared/sharedRepository.contract.ts'

testRepository('in memory', async () => {
  const repository = openMemory('trunk')
  return { open: async () => repository }
})

testSharedRepository('in memory', async () => {
  const repository = openMemory('trunk')
  return { open: async () => repository }
})
