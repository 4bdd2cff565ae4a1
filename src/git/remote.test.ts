import { git } from './git.ts'
import { openRemote } from './remote.ts'
import { testRepository } from './repository.contract.ts'
import { newBare, newFolder } from './testing/gitFolder.ts'
import { serveGit } from './testing/gitServer.ts'

testRepository('on a remote in a plain folder', async (t) => {
  const url = await newBare(t, 'trunk')
  const parent = await newFolder(t)
  return { open: () => openRemote({ url, folder: parent }), folder: url }
})

testRepository('on a remote over HTTP that filters', async (t) => {
  const folder = await newBare(t, 'trunk')
  for (const name of ['allowFilter', 'allowAnySHA1InWant']) {
    await git([`--git-dir=${folder}`, 'config', `uploadpack.${name}`, 'true'])
  }
  const { url } = await serveGit(t, folder, 'token-of-the-test')
  return { open: () => openRemote({ url, token: 'token-of-the-test' }), folder }
})
