import assert from 'node:assert/strict'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { certificate } from '../../src/engine/testing/certificate.ts'
import { newFolder } from '../../src/hub/testing/testHub.ts'
import { copyProject, run } from '../readme/copyProject.ts'
import { type StartProcess, spawnStart } from './startProcess.ts'

interface Told {
  readonly status: string
  readonly result: { readonly status: string }
  readonly messages: readonly { readonly name: string }[]
  readonly error: { readonly message: string }
}

const token = 'secret'.repeat(6)
const guide = await readFile(join(import.meta.dirname, '../../docs/guides/handlers.md'), 'utf8')
const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(guide)!

test("npm start takes one's own handlers, those of the guide, and leaves the shop out", {
  timeout: 60_000,
}, async (t) => {
  const folder = await newFolder(t)
  await writeFile(join(folder, 'orders.ts'), code!)
  const args = ['--handlers', folder, '--data', join(folder, 'data'), '--port', '0', '--engine-port', '0']
  const started = spawnStart(t, { args, env: { COMMITBASE_TOKEN: token } })
  await started.said(/^Ctrl-C stops it/m)
  assert.doesNotMatch(started.output, /Restock|deployed|product-001/)
  assert.match(started.output, /"event_type":"place_order"/)

  const [, hub] = /The hub is at (\S+),/.exec(started.output)!
  const at = `${hub}/repos/commitbase/shop`
  const headers = { authorization: `Bearer ${token}` }
  const place = async (event_id: string) => {
    const body = JSON.stringify({ event_type: 'place_order', client_payload: { event_id, order_id: '7' } })
    assert.equal((await fetch(`${at}/dispatches`, { method: 'POST', headers, body })).status, 204)
    return (await (await fetch(`${at}/events/${event_id}?wait=10000`, { headers })).json()) as Told
  }
  const first = await place('e1')
  assert.deepEqual([first.status, first.result.status, first.messages[0]?.name], ['done', 'placed', 'ORDER_PLACED'])
  const second = await place('e2')
  assert.deepEqual([second.status, second.error.message], ['refused', "order '7' was placed already"])
  assert.equal(await started.kill('SIGTERM'), 0)
})

test("the operator's token is not in the environment that handlers are loaded into", { timeout: 60_000 }, async (t) => {
  const folder = await newFolder(t)
  const seen = join(folder, 'seen.json')
  const tells = `import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(seen)}, JSON.stringify(Object.keys(process.env)))
export const noop = () => ({})
`
  await writeFile(join(folder, 'tells.mjs'), tells)
  const args = ['--handlers', folder, '--data', join(folder, 'data'), '--port', '0', '--engine-port', '0', '--exit']
  const started = spawnStart(t, { args, env: { COMMITBASE_TOKEN: token, SEEN_BY_HANDLERS: 'yes' } })
  assert.equal(await started.ended, 0)
  const names = JSON.parse(await readFile(seen, 'utf8'))
  assert.equal(names.includes('SEEN_BY_HANDLERS'), true)
  assert.equal(names.includes('COMMITBASE_TOKEN'), false)
})

const noShop = ['--port', '0', '--engine-port', '0', '--no-management']

test('paths are those of the folder that npm was called in, and what it tells to try is for that folder', {
  timeout: 60_000,
}, async (t) => {
  const folder = await newFolder(t)
  const clone = join(import.meta.dirname, '../..')
  await mkdir(join(folder, 'handlers'))
  await writeFile(join(folder, 'handlers/orders.ts'), code!)
  const args = ['--handlers', './handlers/', '--data', 'data', '--records', 'records.jsonl', ...noShop]
  const started = spawnStart(t, { args, env: { INIT_CWD: folder } })
  await started.said(/^Ctrl-C stops it/m)
  assert.match(started.output, / git --git-dir=data\/\S+ log /)
  const commitbase = `npx --prefix ${relative(folder, clone)} commitbase`
  assert.ok(started.output.includes(`${commitbase} incidents --data ${join(folder, 'data')}\n`), started.output)
  await access(join(folder, 'records.jsonl'))
  assert.equal(await started.kill('SIGTERM'), 0)
})

test('the certificates that the environment names are files of that folder, too', { timeout: 60_000 }, async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('there is no openssl')
  const env = {
    INIT_CWD: dirname(tls.certificateChainPath),
    ZEEBE_GATEWAY_SECURITY_ENABLED: 'true',
    ZEEBE_GATEWAY_SECURITY_CERTIFICATECHAINPATH: 'chain.pem',
    ZEEBE_GATEWAY_SECURITY_PRIVATEKEYPATH: 'key.pem',
    SERVER_SSL_ENABLED: 'true',
    SERVER_SSL_CERTIFICATE: './chain.pem',
    SERVER_SSL_CERTIFICATEPRIVATEKEY: './key.pem',
    MANAGEMENT_SERVER_SSL_ENABLED: 'true',
    MANAGEMENT_SERVER_SSL_CERTIFICATE: 'chain.pem',
    MANAGEMENT_SERVER_SSL_CERTIFICATEPRIVATEKEY: tls.privateKeyPath,
  }
  const args = ['--data', await newFolder(t), '--port', '0', '--engine-port', '0', '--rest-port', '0', '--no-demo']
  const started = spawnStart(t, { args, env })
  await started.said(/^Ctrl-C stops it/m)
  assert.equal(await started.kill('SIGTERM'), 0)
})

test("with the shop's handlers as one's own the shop is left out, and nothing of it is told", {
  timeout: 60_000,
}, async (t) => {
  const args = ['--handlers', 'examples/shop/handlers', '--data', await newFolder(t), ...noShop]
  const started = spawnStart(t, { args })
  await started.said(/^Ctrl-C stops it/m)
  assert.doesNotMatch(started.output, /product-001/)
  assert.match(started.output, /"client_payload":\{\}/)
  assert.equal(await started.kill('SIGTERM'), 0)
})

test('handlers that are not there, or do not load, are told in one sentence that names them', {
  timeout: 60_000,
}, async (t) => {
  const folder = await newFolder(t)
  const [fails, nothing] = [join(folder, 'fails.mjs'), join(folder, 'nothing.mjs')]
  await writeFile(fails, "throw new Error('no database today')")
  await writeFile(nothing, 'export const settings = {}')
  const start = (handlers: string): StartProcess => {
    const args = ['--handlers', handlers, '--data', join(folder, 'data'), ...noShop]
    return spawnStart(t, { args, env: { INIT_CWD: folder } })
  }
  const cases: [string, string][] = [
    ['nowhere', `there are no handlers at ${join(folder, 'nowhere')}; say with --handlers where they are`],
    ['fails.mjs', `the handlers in ${fails} do not load: no database today`],
    [nothing, `${nothing} exports no handler: export a function whose name is an event type`],
  ]
  for (const [handlers, sentence] of cases) {
    const started = start(handlers)
    assert.equal(await started.ended, 1)
    assert.equal(started.output, `commitbase: ${sentence}\n`)
  }
  await assert.rejects(access(join(folder, 'data')), 'nothing was started')
})

test("the guide's handler is what the types allow", async (t) => {
  const copy = await copyProject(t)
  await copy.write('handlers/orders.ts', code!)
  await copy.write('tsconfig.guide.json', JSON.stringify({ extends: './tsconfig.json', include: ['handlers'] }))
  const checked = await run('npx tsc -p tsconfig.guide.json', copy.folder)
  assert.equal(checked.status, 0, checked.output)
})
