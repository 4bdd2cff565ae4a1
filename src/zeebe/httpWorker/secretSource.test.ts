import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { parseMap } from './originMap.ts'
import { secretsFrom } from './secretSource.ts'

async function fileWith(t: TestContext, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'secrets.json'), content)
  return join(folder, 'secrets.json')
}

async function urlAnswering(t: TestContext, answer: () => [number, string]): Promise<string> {
  const server = createServer((_, response) => {
    const [status, body] = answer()
    response.writeHead(status).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/variables`
}

test('the environment’s prefixes make secrets; GitHubToken is bound to GitHub and what stands in for it, others as SECRET_HOSTS says', async () => {
  const env = {
    ZEEBE_ENV_GitHubToken: ' ghp_1 \n',
    SECRET_API_KEY: 'key',
    zeebe_env_lower: 'low',
    SECRET_HOSTS: 'API_KEY=a.example, b.example:8443; lower=*',
    SECRETLY: 'no',
    ZEEBE_ENV_EMPTY: '',
    PATH: '/bin',
  }
  const secrets = await secretsFrom({ env, map: parseMap(['https://api.github.com=http://127.0.0.1:8080']) }).read()
  assert.deepEqual(Object.fromEntries(secrets), {
    GitHubToken: { value: 'ghp_1', hosts: ['api.github.com', 'http://127.0.0.1:8080'] },
    API_KEY: { value: 'key', hosts: ['a.example', 'b.example:8443'] },
    lower: { value: 'low', hosts: ['*'] },
  })
})

test('a file overwrites the environment, and says where its secrets may go', async (t) => {
  const path = await fileWith(t, JSON.stringify({ A: 'of the file', B: { value: 'b', hosts: ['b.example'] } }))
  const secrets = await secretsFrom({ env: { SECRET_A: 'of the environment', SECRETS_FILE: path }, map: [] }).read()
  assert.deepEqual(Object.fromEntries(secrets), {
    A: { value: 'of the file', hosts: [] },
    B: { value: 'b', hosts: ['b.example'] },
  })
})

test('a file that is not there, or holds something else, is told by its path and never quoted', async (t) => {
  const read = (path: string) => secretsFrom({ env: { SECRETS_FILE: path }, map: [] }).read()
  await assert.rejects(read('/nowhere/s.json'), { code: 'unavailable', message: /\/nowhere\/s\.json/ })
  await assert.rejects(read(await fileWith(t, '{"A": 1}')), { code: 'invalid', message: /secret A must be a text/ })
  const broken = await read(await fileWith(t, '{"A": "hush-hush"')).catch((error) => error)
  assert.equal(broken.code, 'invalid')
  assert.doesNotMatch(inspect(broken, { depth: 9 }), /hush-hush/)
})

test('the URL is read again when its time is over, and what is known is kept while it is down', async (t) => {
  let now = 0
  let answer: [number, string] = [200, '[{"key":"A","value":"one"},{"key":"N","value":42}]']
  const url = await urlAnswering(t, () => answer)
  const source = secretsFrom({ env: { ENV_VARS_URL: url, ENV_VARS_RELOAD_RATE: '1000' }, map: [], clock: () => now })
  const valueNamed = async (name: string) => (await source.read()).get(name)?.value
  assert.deepEqual([await valueNamed('A'), await valueNamed('N')], ['one', '42'])
  answer = [200, '[{"key":"A","value":"two"}]']
  assert.equal(await valueNamed('A'), 'one')
  now = 1000
  assert.equal(await valueNamed('A'), 'two')
  answer = [500, 'down']
  now = 2000
  assert.equal(await valueNamed('A'), 'two')
})

test('a URL that was never read is unavailable, named by its origin only', async (t) => {
  const url = await urlAnswering(t, () => [503, ''])
  await assert.rejects(
    secretsFrom({ env: { ENV_VARS_URL: `${url}?key=hush` }, map: [] }).read(),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'unavailable')
      assert.match(error.message, /answered 503/)
      assert.doesNotMatch(error.message, /hush/)
      return true
    },
  )
})

test('settings that are wrong are refused by name', () => {
  assert.throws(() => secretsFrom({ env: { SECRET_HOSTS: 'API_KEY' }, map: [] }), {
    code: 'invalid',
    message: /got 'API_KEY'/,
  })
  assert.throws(() => secretsFrom({ env: { ENV_VARS_RELOAD_RATE: 'soon' }, map: [] }), {
    code: 'invalid',
    message: /got 'soon'/,
  })
})
