// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders in data
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { type TestContext, test } from 'node:test'
import { end, flow, type JobActivity, model, serviceTask, start } from '../../src/engine/testing/bpmn.ts'
import { createInstance, createInstanceWithResult } from '../../src/zeebe/createInstance.ts'
import { deploy } from '../../src/zeebe/deploy.ts'
import { parseMap } from '../../src/zeebe/httpWorker/originMap.ts'
import { fixedSecrets, type Secret } from '../../src/zeebe/httpWorker/secret.ts'
import { type HttpWorkerLog, type HttpWorkerOptions, startHttpWorker } from '../../src/zeebe/httpWorker/start.ts'
import { listIncidents } from '../../src/zeebe/listIncidents.ts'
import { connectTestEngine, onEmbedded, unique } from '../zeebe/support/engine.ts'
import { json, startTarget, type Target } from '../zeebe/support/target.ts'
import { startNameServer } from './nameServer.ts'

const skip = !onEmbedded && 'the protocol lists no incidents'
const token = 'ghp_0123456789/abc+def_ABCDEFGHIJKL'

test('no spelling of an address of this machine or its networks is asked by a job', { skip }, async (t) => {
  const target = await startTarget(t, (_, response) => response.end())
  const { port } = target
  const worker = await startWorkerFor(t, {})
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
  for (const host of [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '0',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '10.0.0.1',
    '192.168.0.1',
    '172.16.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00::1]',
    ...own.map((address) => (address.includes(':') ? `[${address.replace(/%.*/, '')}]` : address)),
  ]) {
    const incident = await worker.incidentOf({ url: `http://${host}:${port}/` })
    assert.match(incident, /not on the public internet; .*ALLOW_HOSTS|cannot be reached: getaddrinfo/, host)
  }
  assert.deepEqual(target.received, [])
})

test('only http and https are asked', { skip }, async (t) => {
  const worker = await startWorkerFor(t, {})
  for (const url of [
    'file:///etc/passwd',
    'ftp://example.com/',
    'data:,x',
    'gopher://127.0.0.1/',
    'javascript:1',
    '//127.0.0.1/',
  ])
    assert.match(await worker.incidentOf({ url }), /must be an http\(s\) URL/, url)
})

test('a name that leads to this machine is not asked, nor one that does so beside a public address', {
  skip,
}, async (t) => {
  const target = await startTarget(t, (_, response) => response.end())
  const answers: Record<string, string[]> = {
    'inside.example': ['127.0.0.1'],
    'both.example': ['140.82.121.6', '127.0.0.1'],
    'metadata.example': ['169.254.169.254'],
  }
  const names = await startNameServer(t, (name) => answers[name] ?? [])
  const worker = await startWorkerFor(t, { lookup: names.lookup })
  for (const host of Object.keys(answers)) {
    const incident = await worker.incidentOf({ url: `http://${host}:${target.port}/` })
    assert.match(incident, new RegExp(`${host} is not on the public internet`))
    assert.doesNotMatch(incident, /127\.0\.0\.1|169\.254/, 'it does not tell what it found')
  }
  assert.deepEqual(target.received, [])
})

test('the address that was checked is the one that is asked: a name that changes its mind in between gains nothing', {
  skip,
}, async (t) => {
  const target = await startTarget(t, (_, response) => json(response, 200, {}, { connection: 'close' }))
  const names = await startNameServer(t, (_, count) => [count === 1 ? '127.0.0.1' : '127.0.0.2'])
  const worker = await startWorkerFor(t, { lookup: names.lookup, allow: ['127.0.0.1/32'] })
  const url = `http://rebind.example:${target.port}/`
  await worker.run({ url })
  assert.deepEqual(names.asked, ['rebind.example'], 'it is looked up once')
  assert.equal(target.received.length, 1)
  assert.match(await worker.incidentOf({ url }), /rebind\.example is not on the public internet/)
  assert.equal(target.received.length, 1)
})

test('a redirect is not followed, to wherever it leads, and no secret goes along', { skip }, async (t) => {
  const inside = await startTarget(t, (_, response) => response.end())
  const public_ = await startTarget(t, (_, response) => response.writeHead(302, { location: inside.origin }).end())
  const worker = await startWorkerFor(t, { map: [public_] })
  const url = 'https://api.github.com/x'
  const incident = await worker.incidentOf({ url, authorization: 'Bearer {{GitHubToken}}' })
  assert.match(incident, /failed with 302/)
  assert.equal(public_.received[0]!.headers.authorization, `Bearer ${token}`)
  assert.deepEqual(inside.received, [])
})

test('an allow-list opens a host, and what a mapping leads to is open by itself', { skip }, async (t) => {
  const allowed = await startTarget(t, (_, response) => json(response, 200, { from: 'allowed' }))
  const mapped = await startTarget(t, (_, response) => json(response, 200, { from: 'mapped' }))
  const other = await startTarget(t, (_, response) => response.end())
  const worker = await startWorkerFor(t, { map: [mapped], allow: [`127.0.0.1:${allowed.port}`] })
  assert.deepEqual((await worker.run({ url: allowed.origin })).body, { from: 'allowed' })
  assert.deepEqual((await worker.run({ url: 'https://api.github.com/x' })).body, { from: 'mapped' })
  assert.match(await worker.incidentOf({ url: other.origin }), /not on the public internet/)
  assert.deepEqual(other.received, [])
})

test('a token endpoint is a request like any other', { skip }, async (t) => {
  const target = await startTarget(t, (_, response) => json(response, 200, { access_token: 'abcdefgh' }))
  const oauth = {
    type: 'oauth-client-credentials-flow',
    oauthTokenEndpoint: target.origin,
    clientId: 'a',
    clientSecret: 'b',
  }
  const worker = await startWorkerFor(t, { type: 'io.camunda:http-json:1' })
  const incident = await worker.incidentOf({ url: 'https://example.com/', method: 'GET', authentication: oauth })
  assert.match(incident, /127\.0\.0\.1 is not on the public internet/)
  assert.deepEqual(target.received, [])
})

test('a secret in any field goes to its own hosts alone', { skip }, async (t) => {
  const stranger = await startTarget(t, (_, response) => response.end())
  const home = await startTarget(t, (_, response) => response.writeHead(204).end())
  const worker = await startWorkerFor(t, { map: [home], allow: ['127.0.0.1'] })
  const placeholders = [
    '{{GitHubToken}}',
    '{{{GitHubToken}}}',
    '{{ & GitHubToken }}',
    '{{secrets.GitHubToken}}',
    '${GitHubToken}',
  ]
  for (const placeholder of placeholders) {
    for (const field of [
      { url: `${stranger.origin}/?q=${placeholder}` },
      { url: `${stranger.origin}/${placeholder}` },
      { url: stranger.origin, authorization: placeholder },
      { url: stranger.origin, 'header-x': placeholder },
      { url: stranger.origin, body: { deep: [placeholder] }, method: 'POST' },
      { url: stranger.origin, contentType: placeholder },
      { url: `http://${placeholder}@127.0.0.1:${stranger.port}/` },
      { url: `https://api.github.com:${placeholder}@127.0.0.1:${stranger.port}/` },
      { url: `http://${placeholder}.127.0.0.1.nip.example:${stranger.port}/` },
    ]) {
      const incident = await worker.incidentOf(field)
      assert.match(incident, /not sent|must be an http|holds credentials|cannot be sent/, JSON.stringify(field))
      assert.ok(!incident.includes(token), incident)
    }
  }
  assert.deepEqual(stranger.received, [])
  await worker.run({ url: 'https://api.github.com/x', authorization: 'Bearer {{GitHubToken}}' })
  assert.equal(home.received.length, 1)
  assert.ok(!JSON.stringify(worker.lines).includes(token))
})

test('an answer that echoes the secret whole, in parts or encoded shows it in no variable, no error and no log', {
  skip,
}, async (t) => {
  const echo = (text: string) => ({
    whole: text,
    parts: [text.slice(0, text.length / 2), text.slice(text.length / 2)],
    base64: Buffer.from(text).toString('base64'),
    url: encodeURIComponent(text),
    hex: Buffer.from(text).toString('hex'),
    [text]: 1,
  })
  let status = 200
  const home = await startTarget(t, ({ headers }, response) =>
    json(response, status, echo(headers.authorization!.slice('Bearer '.length)), { 'x-echo': headers.authorization! }),
  )
  const worker = await startWorkerFor(t, { map: [home] })
  const asking = { url: 'https://api.github.com/x', authorization: 'Bearer {{GitHubToken}}' }
  const variables = JSON.stringify(await worker.run(asking))
  status = 400
  const said = [variables, await worker.incidentOf(asking), JSON.stringify(worker.lines)]
  const shortest = 12
  for (const text of said) {
    for (let at = 0; at + shortest <= token.length; at++)
      assert.ok(!text.includes(token.slice(at, at + shortest)), `${token.slice(at, at + shortest)} in ${text}`)
    for (const form of [
      Buffer.from(token).toString('base64').slice(0, 16),
      Buffer.from(token).toString('hex').slice(0, 24),
    ])
      assert.ok(!text.includes(form), form)
  }
})

test('no header and no address can be smuggled into a request by a line break', { skip }, async (t) => {
  const target = await startTarget(t, (_, response) => json(response, 200, {}))
  const worker = await startWorkerFor(t, { allow: ['127.0.0.1'] })
  for (const field of [
    { 'header-x': 'a\r\nx-evil: 1' },
    { 'header-x': 'a\nx-evil: 1' },
    { authorization: 'Basic a\r\nx-evil: 1\r\n\r\nGET /second HTTP/1.1' },
    { 'header-x\r\nx-evil': '1' },
    { method: 'GET /second HTTP/1.1\r\nx-evil: 1\r\n\r\nGET' },
  ])
    assert.match(await worker.incidentOf({ url: target.origin, ...field }), /cannot be sent/, JSON.stringify(field))
  await worker.run({ url: `${target.origin}/\r\nx-evil:%201?a=\r\nb` })
  assert.equal(target.received.length, 1)
  for (const { headers, path } of target.received) {
    assert.ok(!('x-evil' in headers))
    assert.doesNotMatch(path, /[\r\n ]/)
  }
})

/** A worker, and a process of one task that asks for what its variables say. */
async function startWorkerFor(
  t: TestContext,
  options: Pick<HttpWorkerOptions, 'allow' | 'lookup'> & { type?: string; map?: readonly Target[] },
) {
  const { type = 'http', map = [], ...rest } = options
  const engine = await connectTestEngine(t)
  const lines: HttpWorkerLog[] = []
  const secret: Secret = { value: token, hosts: ['api.github.com', ...map.map(({ origin }) => origin)] }
  const worker = startHttpWorker({
    ...rest,
    engine,
    secrets: fixedSecrets({ GitHubToken: secret }),
    map: parseMap(map.map(({ origin }) => `https://api.github.com=${origin}`)),
    log: (_message, entry) => void lines.push(entry),
  })
  t.after(() => worker.stop())
  const bpmnProcessId = unique('asks')
  const task: JobActivity = { retries: '1', outputs: { body: '=body' } }
  const content = model(bpmnProcessId, start(), serviceTask('task', type, task), end(), flow('start -> task -> end'))
  await deploy(engine, [{ name: `${bpmnProcessId}.bpmn`, content }])
  return {
    lines,
    run: async (variables: Record<string, unknown>) =>
      (await createInstanceWithResult(engine, { bpmnProcessId, variables })).variables,
    incidentOf: async (variables: Record<string, unknown>) => {
      const { processInstanceKey } = await createInstance(engine, { bpmnProcessId, variables })
      for (;;) {
        const [incident] = await listIncidents(engine, processInstanceKey)
        if (incident) return incident.message
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}
