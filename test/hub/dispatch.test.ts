import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Octokit } from '@octokit/rest'
import { Ajv } from 'ajv'
import type { Hub } from '../../src/hub/hub.ts'
import {
  ask,
  dispatch,
  git,
  handlerSet,
  nextHappening,
  receiptOf,
  repository,
  startTestHub,
  tokenFor,
} from '../../src/hub/testing/testHub.ts'

const [owner, repo] = repository.split('/') as [string, string]

test('the real Octokit dispatches an event, which becomes one commit and a receipt', async (t) => {
  const hub = await startTestHub(t)
  const product = { _id: 'sku-1', stock_level: 5 }
  const answer = await octokit(hub).repos.createDispatchEvent({
    owner,
    repo,
    event_type: 'restock',
    client_payload: { event_id: 'e-1', correlation_id: 'order-7', product },
  })
  assert.equal(answer.status, 204)
  const receipt = await receiptOf(hub, 'e-1')
  assert.equal(receipt.status, 'done')
  assert.equal(receipt.event.source, 'https://github.com/octo/shop')
  assert.equal(receipt.event.correlationid, 'order-7')
  assert.equal(await git(hub.folder, 'rev-list', '--count', 'main'), '1')
  assert.equal(await git(hub.folder, 'rev-parse', 'main'), receipt.commit)
  const stored = JSON.parse(await git(hub.folder, 'show', 'main:db/stock/sku-1.json'))
  assert.equal(stored.stock_level, 5)
  const message = await git(hub.folder, 'log', '-1', '--format=%B', 'main')
  assert.match(message, /^restock stock\/sku-1|^UPSERT stock\/sku-1/)
  assert.match(message, /^Event-Id: e-1$/m)
})

test('an answer of 204 has no body, and a curl without a content type is understood', async (t) => {
  const hub = await startTestHub(t)
  const answer = await ask(hub, `/repos/${repository}/dispatches`, {
    method: 'POST',
    body: '{"event_type":"look","client_payload":{"id":"nothing"}}',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal(answer.status, 204)
  assert.equal(answer.body, undefined)
  assert.equal(answer.headers.get('content-type'), null)
})

test('no content type stands in the way of JSON, though it is none itself', async (t) => {
  const hub = await startTestHub(t)
  for (const type of ['text/plain', 'garbage', '', 'application/json; charset=latin1']) {
    const headers = { 'content-type': type }
    const body = '{"event_type":"look","client_payload":{"id":"nothing"}}'
    const { status } = await ask(hub, `/repos/${repository}/dispatches`, { method: 'POST', body, headers })
    assert.equal(status, 204, type)
  }
})

test('an address that cannot be read is refused in the form of every refusal', async (t) => {
  const hub = await startTestHub(t)
  const { status, body } = await ask(hub, `/repos/${repository}/events/%E0%A4%A`)
  assert.equal(status, 400)
  assert.deepEqual(Object.keys(Object(body)), ['message', 'documentation_url', 'status'])
})

test('every refusal has the body that GitHub describes', async (t) => {
  const hub = await startTestHub(t)
  const path = `/repos/${repository}/dispatches`
  const body = '{"event_type":"look"}'
  const post = (init: RequestInit & { authorization?: string }, at = path) =>
    ask(hub, at, { method: 'POST', body, ...init })
  const reader = await tokenFor(hub, 'read')
  const tooMany = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`p${index}`, 1]))
  const cases = [
    [401, 'Requires authentication', await post({ authorization: '' })],
    [401, 'Bad credentials', await post({ authorization: 'token wrong' })],
    [401, 'Bad credentials', await post({ authorization: `${hub.token}` })],
    [403, 'Resource not accessible by personal access token', await post({ authorization: `token ${reader}` })],
    [404, 'Not Found', await post({}, '/repos/octo/other/dispatches')],
    [400, 'Problems parsing JSON', await post({ body: '{' })],
    [422, /No more than 10 properties are allowed; 13 were supplied/, await dispatch(hub, 'look', tooMany)],
    [422, /client_payload is too large\./, await dispatch(hub, 'look', { a: 'x'.repeat(70_000) })],
    [422, /'links\/0\/schema', nil is not an object/, await post({ body: undefined })],
    [422, /client_payload.event_id must be a text/, await dispatch(hub, 'look', { event_id: 7 })],
    [413, 'Payload too large', await post({ body: ' '.repeat(2 << 20) })],
    [404, 'Not Found', await ask(hub, '/nowhere')],
  ] as const
  for (const [status, message, answer] of cases) {
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    const said = answer.body as { message: string; status: string; documentation_url: string }
    if (typeof message === 'string') assert.equal(said.message, message)
    else assert.match(said.message, message)
    assert.equal(said.status, String(status))
    assertFits(status === 422 ? '422' : '404', said)
    assert.match(said.documentation_url, /^https:\/\/docs\.github\.com\/rest/)
  }
  await hub.idle()
  assert.equal(await git(hub.folder, 'for-each-ref'), '', 'a refused dispatch leaves nothing')
})

test("Octokit throws the refusals as errors with GitHub's words", async (t) => {
  const hub = await startTestHub(t)
  const event = { owner, repo, event_type: 'look' }
  await assert.rejects(octokit(hub, 'wrong').repos.createDispatchEvent(event), {
    status: 401,
    message: /Bad credentials/,
  })
  await assert.rejects(octokit(hub).repos.createDispatchEvent({ ...event, repo: 'other' }), { status: 404 })
  const reader = await tokenFor(hub, 'read')
  await assert.rejects(octokit(hub, reader).repos.createDispatchEvent(event), { status: 403 })
  const { data } = await octokit(hub, reader).repos.get({ owner, repo })
  assert.equal(data.default_branch, 'main')
  assert.equal(data.clone_url, `${hub.address}/octo/shop.git`)
})

test('a raw request is accepted with the token in each of its forms', async (t) => {
  const hub = await startTestHub(t)
  const basic = (pair: string) => Buffer.from(pair).toString('base64')
  for (const authorization of [
    `token ${hub.token}`,
    `Bearer ${hub.token}`,
    `bearer ${hub.token}`,
    `Basic ${basic(`x-access-token:${hub.token}`)}`,
    `basic ${basic(`me:${hub.token}`)}`,
  ])
    assert.match(await postRaw(hub, authorization), /^HTTP\/1\.1 204 /, authorization)
  assert.match(await postRaw(hub, `Basic ${basic('me:wrong')}`), /^HTTP\/1\.1 401 /)
})

test('the same event three times is one commit, one receipt; with other content it is a conflict', async (t) => {
  const hub = await startTestHub(t)
  const told: string[] = []
  hub.on(({ type }) => told.push(type))
  const payload = { event_id: 'once', product: { _id: 'sku-1', stock_level: 1 } }
  const answers = await Promise.all([1, 2, 3].map(() => dispatch(hub, 'restock', payload)))
  const first = await receiptOf(hub, 'once')
  answers.push(await dispatch(hub, 'restock', { ...payload, time: '2026-01-01T00:00:00Z' }))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 204, 204, 204],
  )
  await hub.idle()
  assert.deepEqual(await receiptOf(hub, 'once'), first)
  assert.deepEqual(told, ['accepted', 'committed', 'accepted', 'repeated'])
  assert.equal(await git(hub.folder, 'rev-list', '--count', 'main'), '1')
  const other = await dispatch(hub, 'restock', { ...payload, product: { _id: 'sku-1', stock_level: 2 } })
  assert.equal(other.status, 409)
  const digests = String((other.body as { message: string }).message).match(/[0-9a-f]{64}/g)
  assert.equal(digests?.[0], first.digest)
  assert.notEqual(digests?.[1], first.digest)
})

test('a receipt is accepted, then there, and 404 for an event that nobody knows', async (t) => {
  const gate = Promise.withResolvers<void>()
  const hub = await startTestHub(t, { handlers: handlerSet({ slow: () => gate.promise }) })
  const path = `/repos/${repository}/events/a%2Fb`
  assert.equal((await ask(hub, path)).status, 404)
  await dispatch(hub, 'slow', { event_id: 'a/b' })
  assert.deepEqual(await ask(hub, path).then(({ status, body }) => [status, body]), [202, { status: 'accepted' }])
  const waiting = ask(hub, `${path}?wait=30000`)
  gate.resolve()
  assert.equal((await waiting).status, 200)
  const source = encodeURIComponent('https://github.com/octo/shop')
  assert.equal((await ask(hub, `${path}?source=${source}`)).status, 200)
  assert.equal((await ask(hub, `${path}?source=elsewhere`)).status, 404)
  assert.equal((await ask(hub, path, { authorization: '' })).status, 401)
  assert.equal((await ask(hub, `${path}?wait=soon`)).status, 422)
})

test('what a handler refuses ends in its receipt, and says so', async (t) => {
  const hub = await startTestHub(t)
  const refused = nextHappening(hub, ({ type }) => type === 'refused')
  await dispatch(hub, 'refuse', { event_id: 'no' })
  const receipt = await receiptOf(hub, 'no')
  assert.deepEqual([receipt.status, receipt.error], ['refused', { code: 'conflict', message: 'sold out' }])
  assert.deepEqual(Object(await refused).error, receipt.error)
  await dispatch(hub, 'unheard-of', { event_id: 'what' })
  assert.equal((await receiptOf(hub, 'what')).error?.code, 'not_found')
})

test('when too many events wait, the next one is told to come back', async (t) => {
  const gate = Promise.withResolvers<void>()
  const hub = await startTestHub(t, { capacity: 2, handlers: handlerSet({ slow: () => gate.promise }) })
  const statuses = []
  for (let count = 0; count < 3; count++) statuses.push(await dispatch(hub, 'slow', {}))
  gate.resolve()
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [204, 204, 503],
  )
  assert.equal(statuses[2]!.headers.get('retry-after'), '1')
})

test('events of one sender are applied in the order of their acceptance', async (t) => {
  const hub = await startTestHub(t)
  for (let level = 1; level <= 30; level++) {
    await dispatch(hub, 'restock', { event_id: `e-${level}`, product: { _id: 'sku-1', stock_level: level } })
  }
  await hub.idle()
  const levels = await git(
    hub.folder,
    'log',
    '--reverse',
    '--format=%(trailers:key=Event-Id,valueonly,separator=)',
    'main',
  )
  assert.deepEqual(
    levels.split('\n'),
    Array.from({ length: 30 }, (_, index) => `e-${index + 1}`),
  )
})

test('anybody may ask for the time', async (t) => {
  const hub = await startTestHub(t, { clock: () => Date.UTC(2026, 1, 3, 4, 5, 6) })
  const { body } = await ask(hub, '/time', { authorization: '' })
  assert.deepEqual(Object(body).time, '2026-02-03T04:05:06.000Z')
  assert.deepEqual(Object(body).hour, 4)
})

function octokit(hub: Hub, auth = hub.token): Octokit {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  return new Octokit({ auth, baseUrl: hub.address, log: quiet })
}

async function postRaw(hub: Hub, authorization: string): Promise<string> {
  const { hostname, port } = new URL(hub.address)
  const socket = connect(Number(port), hostname)
  const body = '{"event_type":"look","client_payload":{"id":"x"}}'
  socket.write(
    `POST /repos/${repository}/dispatches HTTP/1.1\r\nHost: ${hostname}\r\nAUTHORIZATION: ${authorization}\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
  return text(socket)
}

const description = createRequire(import.meta.url)('@octokit/openapi').schemas['api.github.com.deref']
const { responses } = description.paths['/repos/{owner}/{repo}/dispatches'].post
const ajv = new Ajv({ strict: false })

/** Against GitHub's own description: its 404 is its `basic-error`, its 422 its `validation-error`. */
function assertFits(status: '404' | '422', body: unknown): void {
  const validate = ajv.compile(responses[status].content['application/json'].schema)
  assert.ok(validate(body), JSON.stringify(validate.errors))
}
