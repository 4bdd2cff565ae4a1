import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { presentedTokens } from './presentedTokens.ts'
import { createPermissionOf, openTokens } from './tokens.ts'

test('two tokens are made once, in a file that only its owner can read', async (t) => {
  const file = await newFile(t)
  const made = await openTokens(file)
  assert.notEqual(made.read, made.write)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await chmod(file, 0o644)
  assert.deepEqual(await openTokens(file), made)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

test('a token allows what it was made for, another nothing', async (t) => {
  const tokens = await openTokens(await newFile(t))
  const permissionOf = createPermissionOf(tokens)
  assert.equal(permissionOf(tokens.write), 'write')
  assert.equal(permissionOf(tokens.read), 'read')
  for (const wrong of ['', `${tokens.write}x`, tokens.write.slice(1)]) assert.equal(permissionOf(wrong), undefined)
})

test('a file with something else in it is refused, not overwritten', async (t) => {
  const file = await newFile(t)
  for (const text of ['', '[]', 'null', '{"write":"short","read":"shorter"}']) {
    await writeFile(file, text)
    await assert.rejects(openTokens(file), { code: 'invalid', message: /tokens\.json/ })
    assert.equal(await readFile(file, 'utf8'), text)
  }
})

test('a token is found in every form that clients give it in, in any letter case', () => {
  const basic = (pair: string) => Buffer.from(pair).toString('base64')
  for (const header of [
    'token secret',
    'Token  secret',
    'Bearer secret',
    'bearer secret',
    'BEARER secret ',
    `Basic ${basic('x-access-token:secret')}`,
    `basic ${basic('anyone:secret')}`,
    `Basic ${basic('secret:')}`,
    `Basic ${basic('secret:x-oauth-basic')}`,
  ])
    assert.deepEqual(presentedTokens(header), ['secret'], header)
  for (const header of ['', 'secret', 'Digest secret', 'Basic secret', `Basic ${basic('secret')}`])
    assert.deepEqual(presentedTokens(header), [], header)
})

async function newFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-tokens-'))
  t.after(() => rm(folder, { recursive: true }))
  return join(folder, 'tokens.json')
}
