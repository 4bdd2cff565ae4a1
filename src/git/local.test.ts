import { openLocal } from './local.ts'
import { testRepository } from './repository.contract.ts'
import { newFolder } from './testing/gitFolder.ts'

testRepository('in a folder', async (t) => {
  const folder = await newFolder(t)
  await (await openLocal(folder, { branch: 'trunk' })).close()
  return { open: () => openLocal(folder), folder }
})
