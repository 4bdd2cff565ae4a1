import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../engine/testing/bpmn.ts'
import { GatewayClient } from '../engine/testing/gatewayClient.ts'
import { httpSecurityFrom, securityFrom } from './engineSecurity.ts'

const work = model('p', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))

test('the engine runs alone, deploys what it is given, and keeps what was acknowledged', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'p.bpmn')
  await writeFile(file, work)
  const first = await run(t, folder, [file])
  assert.match(first.said(), /deployed .*p\.bpmn/)
  await first.client.call('CreateProcessInstance', { bpmnProcessId: 'p', version: -1 })
  assert.equal(await first.stop(), 0)
  const second = await run(t, folder, [])
  const request = { type: 'work', worker: 'w', timeout: 1000, maxJobsToActivate: 1, requestTimeout: 5000 }
  const replies = await second.client.stream('ActivateJobs', request).all
  assert.equal(replies.flatMap((reply) => reply.jobs as unknown[]).length, 1)
  assert.equal(await second.stop(), 0)
})

test('what cannot be deployed is told in a sentence, with status 1', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'wrong.bpmn')
  await writeFile(file, '<a')
  for (const path of [file, join(folder, 'nothing.bpmn')]) {
    const child = spawnEngine(folder, ['--memory', path])
    let words = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      words += text
    })
    assert.deepEqual(await once(child, 'exit'), [1, null])
    assert.match(words, /^commitbase: .*(wrong\.bpmn|nothing\.bpmn)/s)
  }
})

test('its doors are guarded as the environment says, and half of a guard is refused', () => {
  assert.equal(securityFrom({}, '/in'), undefined)
  const zeebe = 'ZEEBE_GATEWAY_SECURITY_'
  const files = { [`${zeebe}CERTIFICATECHAINPATH`]: 'c.pem', [`${zeebe}PRIVATEKEYPATH`]: '/absolute/k.pem' }
  assert.deepEqual(securityFrom({ [`${zeebe}ENABLED`]: 'true', ...files }, '/in'), {
    tls: { certificateChainPath: '/in/c.pem', privateKeyPath: '/absolute/k.pem' },
  })
  assert.throws(() => securityFrom({ [`${zeebe}ENABLED`]: 'true' }, '/in'), { code: 'invalid' })
  const ours = 'COMMITBASE_ENGINE_'
  assert.deepEqual(
    securityFrom(
      { [`${ours}USER`]: 'u', [`${ours}PASSWORD`]: 'p', [`${ours}SECRET`]: 's', [`${ours}ISSUER`]: 'i' },
      '/in',
    ),
    {
      authentication: { basic: { username: 'u', password: 'p' }, token: { secret: 's', issuer: 'i' } },
    },
  )
  assert.throws(() => securityFrom({ [`${ours}USER`]: 'u' }, '/in'), { code: 'invalid' })
  assert.throws(() => securityFrom({ [`${ours}AUDIENCE`]: 'a' }, '/in'), { code: 'invalid' })
})

test('its HTTP ports are as the environment says', () => {
  assert.deepEqual(httpSecurityFrom({}, '/in'), { rest: {}, management: {} })
  const files = (prefix: string) => ({
    [`${prefix}SERVER_SSL_ENABLED`]: 'true',
    [`${prefix}SERVER_SSL_CERTIFICATE`]: 'c.pem',
    [`${prefix}SERVER_SSL_CERTIFICATEPRIVATEKEY`]: '/absolute/k.pem',
  })
  const tls = { certificateChainPath: '/in/c.pem', privateKeyPath: '/absolute/k.pem' }
  assert.deepEqual(httpSecurityFrom(files(''), '/in'), { rest: { tls }, management: {} })
  const guarded = { COMMITBASE_ENGINE_MANAGEMENT_GUARDED: 'true' }
  assert.deepEqual(httpSecurityFrom({ ...files('MANAGEMENT_'), ...guarded }, '/in'), {
    rest: {},
    management: { tls, guarded: true },
  })
  assert.throws(() => httpSecurityFrom({ SERVER_SSL_ENABLED: 'true' }, '/in'), { code: 'invalid' })
})

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-engine-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function spawnEngine(folder: string, args: readonly string[]): ChildProcess {
  const script = new URL('../../scripts/commitbase.mjs', import.meta.url).pathname
  return spawn(process.execPath, [script, 'engine', '--port', '0', '--data', folder, ...args], { stdio: 'pipe' })
}

async function run(t: TestContext, folder: string, args: readonly string[]) {
  const child = spawnEngine(folder, args)
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`the engine ended with ${status}: ${said}`)))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, found] = /The engine is at (\S+)\n/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  const client = new GatewayClient(address)
  return {
    client,
    said: () => said,
    async stop(): Promise<number> {
      client.close()
      child.kill('SIGTERM')
      const [status] = await once(child, 'exit')
      return status
    },
  }
}
