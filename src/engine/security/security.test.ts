import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { get, type RequestOptions } from 'node:https'
import { type AddressInfo, connect as connectTo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SignJWT } from 'jose'
import { ZBClient, type ZBClientOptions } from 'zeebe-node'
import { certificate } from '../testing/certificate.ts'
import { startTestEngine } from '../testing/testEngine.ts'

/* A self-managed gateway's security, as zeebe-node meets it. */

function connect(t: TestContext, address: string, options: ZBClientOptions): ZBClient {
  const client = new ZBClient(address, { loglevel: 'NONE', retry: false, useTLS: false, ...options })
  t.after(() => client.close())
  return client
}

test('with TLS the gateway speaks to those who trust its certificate, and in plain text to nobody', async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('needs openssl')
  const { port } = await startTestEngine(t, { security: { tls } })
  const customSSL = { rootCerts: await readFile(tls.certificateChainPath) }
  const topology = await connect(t, `localhost:${port}`, { useTLS: true, customSSL }).topology()
  assert.equal(topology.gatewayVersion, '8.6.0')
  await assert.rejects(connect(t, `localhost:${port}`, { useTLS: true }).topology())
  await assert.rejects(connect(t, `localhost:${port}`, {}).topology())
})

test('whoever connects and never shakes hands holds up no stop', { timeout: 20_000 }, async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('needs openssl')
  const [rest, management] = [
    { port: 0, tls },
    { port: 0, tls },
  ]
  const engine = await startTestEngine(t, { security: { tls }, rest, management })
  const ports = [engine.port, engine.rest!.port, engine.management!.port]
  const closed = ports.map(async (port) => {
    const socket = connectTo(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.on('error', () => {})
    await once(socket, 'connect')
    return once(socket, 'close')
  })
  // They were accepted before this one was.
  await connect(t, `localhost:${engine.port}`, { useTLS: true })
    .topology()
    .catch(() => {})
  await engine.stop()
  await Promise.all(closed)
})

test('files that are no certificate and key are refused when the engine starts', async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('needs openssl')
  const swapped = { certificateChainPath: tls.privateKeyPath, privateKeyPath: tls.certificateChainPath }
  await assert.rejects(
    startTestEngine(t, { security: { tls: swapped } }),
    /are not a certificate chain and its private key/,
  )
  const missing = { ...tls, certificateChainPath: '/nowhere/chain.pem' }
  await assert.rejects(
    startTestEngine(t, { security: { tls: missing } }),
    /Expected to find a certificate chain file at the provided location '\/nowhere\/chain.pem' but none was found\./,
  )
})

test('user and password open the gateway and the REST API; without them every call is refused', async (t) => {
  const basic = { username: 'ada', password: 'lovelace' }
  const engine = await startTestEngine(t, { security: { authentication: { basic } }, rest: { port: 0 } })
  const topology = await connect(t, engine.address, { basicAuth: basic }).topology()
  assert.equal(topology.clusterSize, 1)
  for (const [call, request] of [
    ['Topology', {}],
    ['ActivateJobs', { type: 'job', timeout: 1, maxJobsToActivate: 1 }],
    ['ListIncidents', {}],
  ] as const) {
    assert.deepEqual(await engine.client.refusal(call, request), {
      code: 'UNAUTHENTICATED',
      details: 'Expected basic credentials at header with key [authorization], but found nothing',
    })
  }
  await assert.rejects(
    connect(t, engine.address, { basicAuth: { ...basic, password: 'byron' } }).topology(),
    /UNAUTHENTICATED: Expected basic credentials .* but user or password is wrong/,
  )
  const rest = (headers: Record<string, string>) => fetch(`${engine.rest!.address}/v2/topology`, { headers })
  for (const [method, path] of [
    ['GET', 'topology'],
    ['GET', 'license'],
    ['POST', 'deployments'],
    ['POST', 'resources/1/deletion'],
    ['POST', 'process-instances'],
    ['PUT', 'element-instances/1/variables'],
    ['POST', 'jobs/activation'],
    ['PATCH', 'jobs/1'],
    ['POST', 'incidents/1/resolution'],
    ['POST', 'messages/publication'],
    ['POST', 'decision-definitions/evaluation'],
    ['DELETE', 'user-tasks/1/assignee'],
    ['POST', 'nowhere'],
  ] as const)
    assert.equal((await fetch(`${engine.rest!.address}/v2/${path}`, { method })).status, 401, path)
  const authorization = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`
  assert.equal((await rest({ authorization })).status, 200)
})

test('the REST API and the management port speak TLS where they are told to', async (t) => {
  const tls = await certificate(t)
  if (tls === undefined) return t.skip('needs openssl')
  const engine = await startTestEngine(t, { rest: { port: 0, tls }, management: { port: 0, tls } })
  const ca = await readFile(tls.certificateChainPath)
  for (const [address, path] of [
    [engine.rest!.address, '/v2/topology'],
    [engine.management!.address, '/health'],
    [engine.management!.address, '/metrics'],
  ] as const) {
    assert.match(address, /^https:/)
    assert.equal(await statusAt(`${address}${path}`, { ca }), 200)
    await assert.rejects(statusAt(`${address}${path}`, {}), /self-signed certificate/)
    await assert.rejects(fetch(`${address.replace('https:', 'http:')}${path}`))
  }
  assert.equal(
    await statusAt(`${engine.rest!.address}/v2/topology`, { ca, headers: { origin: 'https://elsewhere.example' } }),
    403,
  )
  assert.equal(
    await statusAt(`${engine.rest!.address}/v2/topology`, { ca, headers: { origin: engine.rest!.address } }),
    200,
  )
})

test('a guarded management port asks for the credentials of the gateway, but for the health', async (t) => {
  const authentication = { basic: { username: 'ada', password: 'lovelace' } }
  const engine = await startTestEngine(t, { security: { authentication }, management: { port: 0, guarded: true } })
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${engine.management!.address}${path}`, { headers })
  for (const path of ['/metrics', '/actuator/prometheus', '/actuator/clock', '/records?follow=false']) {
    const answer = await ask(path)
    assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Basic, Bearer'], path)
    assert.match(((await answer.json()) as { error: string }).error, /^Expected basic credentials/)
    const authorization = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`
    assert.equal((await ask(path, { authorization })).status, 200, path)
  }
  for (const path of ['/health', '/ready', '/actuator/health/liveness']) assert.equal((await ask(path)).status, 200)
  await assert.rejects(startTestEngine(t, { management: { port: 0, guarded: true } }), { code: 'invalid' })
})

test('a management port that is not guarded asks nobody, whatever the gateway asks for', async (t) => {
  const authentication = { basic: { username: 'ada', password: 'lovelace' } }
  const engine = await startTestEngine(t, { security: { authentication }, management: { port: 0 } })
  assert.equal((await fetch(`${engine.management!.address}/metrics`)).status, 200)
})

function statusAt(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, options, (response) => resolve(response.resume().statusCode)).once('error', reject)
  })
}

test('the health of the engine is told to everybody', async (t) => {
  const authentication = { basic: { username: 'a', password: 'b' } }
  const engine = await startTestEngine(t, { security: { authentication } })
  assert.deepEqual(await engine.client.call('Check'), { status: 'SERVING' })
})

test('a client gets its token from the issuer, and with it the gateway’s answers', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = createServer(async (_request, response) => {
    const token = new SignJWT({ aud: 'zeebe-api' }).setProtectedHeader({ alg: 'ES256' }).setExpirationTime('5m')
    const answer = { access_token: await token.sign(privateKey), expires_in: 300, token_type: 'Bearer', scope: '' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  t.after(() => issuer.close())
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/oauth/token`
  const token = { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), audience: 'zeebe-api' }
  const engine = await startTestEngine(t, { security: { authentication: { token } } })
  const oAuth = { url, audience: 'zeebe-api', clientId: 'a worker', clientSecret: 'secret', cacheOnDisk: false }
  const topology = await connect(t, engine.address, { oAuth }).topology()
  assert.equal(topology.clusterSize, 1)
  assert.deepEqual(await engine.client.refusal('Topology'), {
    code: 'UNAUTHENTICATED',
    details: 'Expected bearer token at header with key [authorization], but found nothing',
  })
})
