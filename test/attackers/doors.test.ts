import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Scope } from '../../src/hub/access/token.ts'
import type { Hub } from '../../src/hub/hub.ts'
import {
  ask,
  cloneAddress,
  dispatch,
  git,
  newFolder,
  repository,
  runGit,
  startTestHub,
  tokenFor,
} from '../../src/hub/testing/testHub.ts'
import { spawnStart, startOn } from '../start/startProcess.ts'
import { connectTo, sendRaw, statusOf, untilClosed } from './raw.ts'

/** Every door of a hub, and what it takes to pass. */
const doors: readonly [scope: Scope, method: string, path: string][] = [
  ['dispatch', 'POST', `/repos/${repository}/dispatches`],
  ['read', 'GET', `/repos/${repository}/events/none`],
  ['read', 'GET', `/repos/${repository}/stream`],
  ['read', 'GET', `/repos/${repository}`],
  ['admin', 'GET', `/repos/${repository}/audit`],
  ['read', 'GET', `/${repository}.git/info/refs?service=git-upload-pack`],
  ['write', 'GET', `/${repository}.git/info/refs?service=git-receive-pack`],
  ['read', 'POST', `/${repository}.git/git-upload-pack`],
  ['write', 'POST', `/${repository}.git/git-receive-pack`],
]

test('without a token, with a wrong, an expired or a revoked one, every door answers 401', async (t) => {
  let now = Date.now()
  const hub = await startTestHub(t, { clock: () => now })
  const order = { scopes: ['admin'], repository } as const
  const expired = await hub.tokens.create({ ...order, name: 'expired', expires: now + 1_000 })
  now += 1_000
  const revoked = await hub.tokens.create({ ...order, name: 'revoked', expires: null })
  await hub.tokens.revoke('revoked')
  const presented = [
    '',
    `Bearer ${hub.token}x`,
    `Bearer ${expired.secret}`,
    `Bearer ${revoked.secret}`,
    'Bearer',
    'Basic !',
  ]
  for (const authorization of presented)
    for (const [, method, path] of doors) assert.equal(await statusAt(hub, method, path, authorization), 401, path)
})

test('with a token for another repository every door answers as if nothing were there', async (t) => {
  const hub = await startTestHub(t)
  const { secret } = await hub.tokens.create({ name: 'o', scopes: ['admin'], repository: 'octo/other', expires: null })
  for (const [, method, path] of doors) assert.equal(await statusAt(hub, method, path, `Bearer ${secret}`), 404, path)
  assert.match((await runGit(await newFolder(t), 'clone', cloneAddress(hub, secret))).words, /not found|404/)
  assert.equal(await statusAt(hub, 'GET', '/repos/octo/other', `Bearer ${secret}`), 404)
})

test('a token passes the doors of its scopes, and at every other one it is 403 and nothing has changed', async (t) => {
  const hub = await startTestHub(t)
  const passes: Record<Scope, readonly Scope[]> = {
    read: ['read'],
    dispatch: ['dispatch'],
    write: ['read', 'dispatch', 'write'],
    admin: ['read', 'dispatch', 'write', 'admin'],
  }
  for (const scope of Object.keys(passes) as Scope[]) {
    const token = await tokenFor(hub, scope)
    for (const [needed, method, path] of doors) {
      const status = await statusAt(hub, method, path, `Bearer ${token}`)
      assert.equal(status !== 403, passes[scope].includes(needed), `${scope} at ${path}: ${status}`)
    }
  }
  const work = join(await newFolder(t), 'work')
  await git('/', 'clone', '-q', cloneAddress(hub, await tokenFor(hub, 'read')), work)
  await git(work, 'commit', '-q', '--allow-empty', '-m', 'Nothing')
  assert.match((await runGit(work, 'push', 'origin', 'HEAD:refs/heads/main')).words, /403/)
  await hub.idle()
  assert.equal(await git(hub.folder, 'for-each-ref'), '')
})

test('a token made at the command line opens a hub that runs, and one revoked there is refused', async (t) => {
  const data = await newFolder(t)
  const hub = await startTestHub(t, { folder: data })
  const run = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [cli, 'token', ...args, '--data', data])).stdout
  const secret = (await run('create', 'laptop', '--scope', 'dispatch', '--repository', repository)).trim()
  const send = () => dispatch(hub, 'look', { id: 'x' }, `Bearer ${secret}`)
  assert.equal((await send()).status, 204)
  assert.match(await run('list'), /^laptop {2}dispatch {2}octo\/shop {2}expires /)
  assert.doesNotMatch(await run('list', '--json'), /hash|commitbase_/)
  await run('revoke', 'laptop')
  assert.equal((await send()).status, 401)
  await assert.rejects(run('create', 'x', '--scope', 'root'), /scopes are of read, dispatch, write, admin; got 'root'/)
})

test('a hub is not opened to other machines without a token, and the sentence says how to make one', async (t) => {
  const data = await newFolder(t)
  const args = ['--data', data, '--host', '0.0.0.0', '--port', '0', '--engine-port', '0', '--no-demo', '--json']
  const refused = spawnStart(t, { args })
  assert.equal(await refused.ended, 1)
  assert.match(
    refused.errors,
    /^commitbase: others could reach the hub at 0\.0\.0\.0.*'npx commitbase token create .*\n$/,
  )
  const create = ['token', 'create', 'first', '--scope', 'read', '--data', data]
  await promisify(execFile)(process.execPath, [cli, ...create])
  const started = spawnStart(t, { args })
  await started.line(({ what }) => what === "the engine's gateway")
  const { hub, engine } = JSON.parse(await readFile(join(data, 'addresses.json'), 'utf8'))
  assert.match(hub, /^http:\/\/(0\.0\.0\.0|127\.0\.0\.1|\[::\]):/)
  assert.match(engine, /^127\.0\.0\.1:/, 'the engine, which asks nobody for a token, stays where it was')
  assert.equal(await started.kill('SIGTERM'), 0)
  const home = await startOn(t, data)
  assert.match(home.addresses.hub, /^http:\/\/127\.0\.0\.1:/, 'nothing said otherwise')
})

test('a page of another site, or a name that was made to lead here, gets nothing done, whatever token it has', async (t) => {
  const hub = await startTestHub(t, { hosts: ['hub.example.com'] })
  const { host } = new URL(hub.address)
  const own = { host, origin: hub.address, 'sec-fetch-site': 'same-origin' }
  const refused: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: 'evil.example:4180' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost.evil.example' },
    { host: '' },
    { host: 'hub.example.com.evil.example' },
    { host, origin: 'https://evil.example' },
    { host, origin: 'null' },
    { host, origin: 'http://localhost' },
    { host, origin: `http://evil.example@${host}.evil.example` },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
    { ...own, origin: 'http://127.0.0.1:1' },
  ]
  for (const headers of refused) assert.equal(statusOf(await send(t, hub, headers)), 403, JSON.stringify(headers))
  await hub.idle()
  assert.equal(await git(hub.folder, 'for-each-ref'), '')
  const accepted: Record<string, string>[] = [
    { host },
    own,
    { host: 'LocalHost' },
    { host: '[::1]:4180' },
    { host: 'hub.example.com', origin: 'https://hub.example.com', 'sec-fetch-site': 'same-origin' },
    { host, 'sec-fetch-site': 'none' },
  ]
  for (const headers of accepted) assert.equal(statusOf(await send(t, hub, headers)), 204, JSON.stringify(headers))
})

test('heads that never end, bodies that never end, and what is no HTTP are hung up on, and the hub works on', async (t) => {
  const hub = await startTestHub(t)
  const authorization = `Authorization: Bearer ${hub.token}`
  const head = (method: string, path: string, ...lines: string[]) =>
    `${[`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...lines].join('\r\n')}\r\n`
  const dispatches = `/repos/${repository}/dispatches`
  const chunked = 'Transfer-Encoding: chunked'
  const trickle = { 'a head': head('GET', '/time'), 'a line': 'GET /ti' }
  const flood = {
    'a body with a token': [`${head('POST', dispatches, authorization, chunked)}\r\n`, 413],
    'a body without one': [`${head('POST', dispatches, chunked)}\r\n`, 401],
    'a body to nowhere': [`${head('POST', '/nowhere', chunked)}\r\n`, 413],
    'a fetch': [
      `${head('POST', `/${repository}.git/git-upload-pack`, authorization, 'Content-Type: application/x-git-upload-pack-request', chunked)}\r\n`,
      undefined,
    ],
  } as const
  const noHttp = [
    '\x16\x03\x01\x02\x00\x01\x00',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\x1b[31m HTTP/1.1\r\n\r\n',
    'x'.repeat(100_000),
  ]
  await Promise.all([
    ...Object.values(trickle).map((text) => trickled(t, hub, text)),
    ...Object.values(flood).map(async ([text, status]) => {
      const answer = await flooded(t, hub, text)
      if (status) assert.equal(statusOf(answer), status)
    }),
    ...noHttp.map(async (text) => assert.ok([400, 408, 431].includes(statusOf(await sendRaw(t, hub, text))))),
  ])
  assert.equal((await dispatch(hub, 'look', { id: 'x' })).status, 204)
})

test('ten thousand connections that ask for nothing keep nobody out', async (t) => {
  const hub = await startTestHub(t)
  const many = await connectionsWithinLimit()
  const sockets = []
  for (let count = 0; count < many; count += 100)
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => connectTo(t, hub)))))
  for (const socket of sockets) socket.write('POST /repos')
  assert.equal((await dispatch(hub, 'look', { id: 'x' })).status, 204)
  const [oldest] = sockets
  if (!oldest!.closed) await untilClosed(oldest!)
  assert.ok(many > 1_000, 'more than are held')
})

test('each refused request leaves a line in the audit log, without a secret and without what would steer a terminal', async (t) => {
  const hub = await startTestHub(t)
  const wrong = `commitbase_${'w'.repeat(43)}`
  const reader = await hub.tokens.create({ name: 'reader', scopes: ['read'], repository, expires: null })
  await dispatch(hub, 'look', {}, `Bearer ${wrong}`)
  await dispatch(hub, 'look', {}, `Bearer ${reader.secret}`)
  await ask(hub, `/repos/octo/other?token=${wrong}`)
  await ask(hub, `/repos/${repository}/events/nobody-knows-it`)
  await ask(hub, `/%1b%5b31m%E2%80%AE`)
  await sendRaw(t, hub, 'no http\r\n\r\n')
  await send(t, hub, { host: 'evil.example\u009b31m' })
  await dispatch(hub, 'look', 7)
  await pushSomethingBad(t, hub)
  const { file, lines } = await auditOf(hub)
  const told = lines.map(({ status, path = '', token = '' }) => `${status} ${path} ${token}`.trim())
  assert.deepEqual(told, [
    `401 /repos/${repository}/dispatches`,
    `403 /repos/${repository}/dispatches reader`,
    '404 /repos/octo/other (this process)',
    '404 /%1b%5b31m%E2%80%AE',
    '400',
    `403 /repos/${repository}/dispatches`,
    `422 /repos/${repository}/dispatches (this process)`,
    // Git asks without a token first.
    `401 /${repository}.git/info/refs`,
    `200 /${repository}.git/git-receive-pack (this process)`,
  ])
  for (const { time, from, reason } of lines) assert.ok(Date.parse(time) && from === '127.0.0.1' && reason)
  const text = await readFile(file, 'utf8')
  for (const secret of [wrong, reader.secret, hub.token]) assert.ok(!text.includes(secret))
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const asked = await fetch(`${hub.address}/repos/${repository}/audit`, {
    headers: { authorization: `token ${hub.token}` },
  })
  assert.equal(await asked.text(), text)
})

test('whoever knocks for ever fills no disk', async (t) => {
  const hub = await startTestHub(t)
  const path = `/${'x'.repeat(8_000)}`
  for (let round = 0; round < 100; round++) await Promise.all(Array.from({ length: 50 }, () => ask(hub, path)))
  const { file } = await auditOf(hub)
  const sizes = await Promise.all([file, `${file}.1`].map(async (each) => (await stat(each)).size))
  assert.ok(
    sizes.every((size) => size > 0 && size <= 1 << 20),
    String(sizes),
  )
})

const cli = join(import.meta.dirname, '../../scripts/commitbase.mjs')

async function statusAt(hub: Hub, method: string, path: string, authorization: string): Promise<number> {
  const headers = authorization === '' ? {} : { authorization }
  const response = await fetch(`${hub.address}${path}`, { method, headers })
  await response.body?.cancel()
  return response.status
}

/** A dispatch with the hub's own token and these headers. */
function send(t: TestContext, hub: Hub, headers: Record<string, string>): Promise<string> {
  const body = '{"event_type":"look","client_payload":{"id":"x"}}'
  const lines = Object.entries({ ...headers, authorization: `token ${hub.token}`, 'content-length': body.length })
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return sendRaw(t, hub, `POST /repos/${repository}/dispatches HTTP/1.1\r\nConnection: close\r\n${text}\r\n${body}`)
}

/** A byte of a header every tenth of a second, for as long as the hub listens. */
async function trickled(t: TestContext, hub: Hub, text: string): Promise<void> {
  const socket = await connectTo(t, hub)
  socket.write(text)
  const timer = setInterval(() => socket.write('a'), 100)
  await untilClosed(socket).finally(() => clearInterval(timer))
}

/** Chunk after chunk, for as long as the hub listens. */
async function flooded(t: TestContext, hub: Hub, head: string): Promise<string> {
  const socket = await connectTo(t, hub)
  const chunk = `10000\r\n${'0'.repeat(0x10000)}\r\n`
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.write(head)
  socket.on('drain', more)
  more()
  return untilClosed(socket)
}

/** 10,000, or what the limit of open files leaves room for (both ends are in this process). */
async function connectionsWithinLimit(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 10_000)
  return Math.min(10_000, Math.max(0, files - 3_000))
}

interface AuditLine {
  readonly time: string
  readonly status: number
  readonly reason: string
  readonly from: string
  readonly path?: string
  readonly token?: string
}

/** The lines that are there once the hub has stopped writing. */
async function auditOf(hub: Hub): Promise<{ file: string; lines: AuditLine[] }> {
  const { body } = await asText(hub)
  const file = join(hub.tokens.folder, '..', 'audit.log')
  return {
    file,
    lines: body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

async function asText(hub: Hub): Promise<{ body: string }> {
  const headers = { authorization: `token ${hub.token}` }
  return { body: await (await fetch(`${hub.address}/repos/${repository}/audit`, { headers })).text() }
}

async function pushSomethingBad(t: TestContext, hub: Hub): Promise<void> {
  const work = join(await newFolder(t), 'work')
  await git('/', 'init', '-q', work)
  await git(work, 'commit', '-q', '--allow-empty', '-m', 'Engine')
  const { status } = await runGit(work, 'push', cloneAddress(hub), 'HEAD:refs/commitbase/engine')
  assert.notEqual(status, 0)
}
