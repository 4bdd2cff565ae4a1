import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkGit } from './checkGit.ts'
import { gitEnvironment } from './git.ts'

test('the git of this machine is good enough', async () => {
  assert.match((await checkGit()).version, /^2\.\d+/)
})

test('a missing git is one sentence that says what to do', async (t) => {
  const PATH = await folderWith(t)
  await assert.rejects(checkGit({ PATH }), { code: 'unavailable', message: /git cannot be started .*; install git/ })
})

test('a git that is too old is named, with the version that is needed', async (t) => {
  const PATH = await folderWith(t, 'git version 2.31.8 (Apple Git-1)')
  const message = 'git 2.31.8 is too old; install git 2.32 or newer'
  await assert.rejects(checkGit({ PATH }), { code: 'unavailable', message })
})

test('something else that is called git is not taken for one', async (t) => {
  const PATH = await folderWith(t, 'hello')
  await assert.rejects(checkGit({ PATH }), { code: 'unavailable', message: /answered 'hello'/ })
})

test('what would send git elsewhere does not reach it; what it needs to reach a server does', () => {
  const environment = { PATH: '/bin', GIT_DIR: '/x', GIT_CONFIG_COUNT: '9', GIT_SSL_CAINFO: '/ca', HTTPS_PROXY: 'p' }
  const { PATH, GIT_DIR, GIT_CONFIG_COUNT, GIT_SSL_CAINFO, HTTPS_PROXY } = gitEnvironment({ environment })
  assert.deepEqual({ PATH, GIT_SSL_CAINFO, HTTPS_PROXY }, { PATH: '/bin', GIT_SSL_CAINFO: '/ca', HTTPS_PROXY: 'p' })
  assert.deepEqual([GIT_DIR, GIT_CONFIG_COUNT], [undefined, '2'])
})

/** A folder for PATH, with a git that answers this, or without one. */
async function folderWith(t: TestContext, answer?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'path-'))
  t.after(() => rm(folder, { recursive: true }))
  if (answer === undefined) return folder
  await writeFile(join(folder, 'git'), `#!/bin/sh\necho '${answer}'\n`)
  await chmod(join(folder, 'git'), 0o755)
  return folder
}
