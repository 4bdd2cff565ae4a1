import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import type { ZeebeRecord } from '../records/record.ts'
import { createControlledClock } from '../runtime/controlledClock.ts'
import type { EngineOptions } from '../start.ts'
import { end, flow, model, serviceTask, start, timerCatch } from '../testing/bpmn.ts'
import { createManualClock } from '../testing/manualClock.ts'
import { startTestEngine } from '../testing/testEngine.ts'
import { createUnrulyStore } from '../testing/unrulyStore.ts'

const later = model(
  'later',
  start(),
  timerCatch('t', { duration: 'P30D' }),
  serviceTask('job'),
  end(),
  flow('start -> t -> job -> end'),
)

async function startManaged(t: TestContext, options: Partial<EngineOptions> = {}) {
  const engine = await startTestEngine(t, { management: { port: 0 }, ...options })
  const { address, port } = engine.management!
  const ask = (path: string, init: RequestInit = {}) => fetch(`${address}${path}`, init)
  const post = (path: string, body: object) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  return { engine, ask, post, port }
}

/** The lines of a stream as they come. */
async function* linesOf(response: Response): AsyncGenerator<ZeebeRecord> {
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  for await (const line of createInterface({ input: body })) yield JSON.parse(line) as ZeebeRecord
}

test('it says that the engine is well, and that it is not while its store is broken', async (t) => {
  const { store, failNext } = createUnrulyStore()
  const { engine, ask } = await startManaged(t, { store, onFault: () => {} })
  for (const path of ['/health', '/ready', '/startup', '/actuator/health', '/actuator/health/readiness']) {
    const response = await ask(path)
    assert.deepEqual([response.status, await response.json()], [200, { status: 'UP' }], path)
  }
  failNext()
  await assert.rejects(engine.deploy({ 'later.bpmn': later }))
  const broken = await ask('/actuator/health')
  assert.deepEqual([broken.status, await broken.json()], [503, { status: 'DOWN' }])
})

test('the clock goes on by a month, and what came due has happened when it answers', async (t) => {
  const clock = createControlledClock(createManualClock(Date.UTC(2026, 0, 1)))
  const { engine, ask, post } = await startManaged(t, { clock })
  await engine.deploy({ 'later.bpmn': later })
  await engine.create('later')
  const added = await post('/actuator/clock/add', { offsetMilli: 30 * 24 * 3_600_000 })
  assert.deepEqual(await added.json(), { epochMilli: Date.UTC(2026, 0, 31), instant: '2026-01-31T00:00:00.000Z' })
  assert.equal((await engine.client.activate('job', { requestTimeout: -1 })).length, 1)
  const pinned = await post('/actuator/clock/pin', { epochMilli: 0 })
  assert.deepEqual(await pinned.json(), { epochMilli: 0, instant: '1970-01-01T00:00:00.000Z' })
  const reset = await ask('/actuator/clock', { method: 'DELETE' })
  assert.deepEqual(await reset.json(), { epochMilli: Date.UTC(2026, 0, 1), instant: '2026-01-01T00:00:00.000Z' })
  assert.deepEqual(await (await ask('/actuator/clock')).json(), {
    epochMilli: Date.UTC(2026, 0, 1),
    instant: '2026-01-01T00:00:00.000Z',
  })
})

test('a clock that is not controlled is not moved, and a move says by how much', async (t) => {
  const fixed = await startManaged(t)
  const refusals = [
    await fixed.post('/actuator/clock/add', { offsetMilli: 1 }),
    await fixed.post('/actuator/clock/pin', { epochMilli: 1 }),
    await fixed.ask('/actuator/clock', { method: 'DELETE' }),
  ]
  assert.deepEqual(await Promise.all(refusals.map(async (response) => [response.status, await response.text()])), [
    [403, 'Expected to add time to the clock, but it is immutable'],
    [403, 'Expected to pin the clock to the given time, but it is immutable'],
    [403, 'Expected to reset the clock, but the clock is immutable'],
  ])
  const controlled = await startManaged(t, { clock: createControlledClock() })
  const nothing = await controlled.post('/actuator/clock/add', {})
  assert.deepEqual(
    [nothing.status, await nothing.text()],
    [400, 'Expected to add `offsetMilli` to the clock, but none given'],
  )
  for (const [operation, body] of [
    ['pin', { epochMilli: 8.64e15 + 1 }],
    ['add', { offsetMilli: 8.64e15 }],
    ['add', { offsetMilli: 0.5 }],
  ] as const) {
    assert.equal((await controlled.post(`/actuator/clock/${operation}`, body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await controlled.ask('/actuator/clock')).status, 200)
  const unknown = await controlled.post('/actuator/clock/stop', {})
  assert.deepEqual([unknown.status, /no operation named `stop` is known/.test(await unknown.text())], [400, true])
})

test('the records that are kept, and then each as it comes', async (t) => {
  const { engine, ask } = await startManaged(t, { records: {} })
  await engine.deploy({ 'later.bpmn': later })
  const kept = await ask('/records?follow=false')
  assert.equal(kept.headers.get('content-type'), 'application/x-ndjson')
  const told = await Array.fromAsync(
    linesOf(kept),
    ({ position, valueType, intent }) => `${position} ${valueType} ${intent}`,
  )
  assert.deepEqual(told, ['1 DEPLOYMENT CREATE', '2 PROCESS CREATED', '3 DEPLOYMENT CREATED'])
  const live = linesOf(await ask('/records?from=4'))
  await engine.create('later')
  const { value } = await live.next()
  assert.deepEqual([value?.position, value?.valueType], [4, 'PROCESS_INSTANCE_CREATION'])
  await live.return(undefined)
})

test('who reads live has everything from the answer on, though nobody else wants records', async (t) => {
  const { engine, ask } = await startManaged(t)
  const live = linesOf(await ask('/records'))
  await engine.deploy({ 'later.bpmn': later })
  const { value } = await live.next()
  assert.deepEqual([value?.position, value?.valueType, value?.intent], [1, 'DEPLOYMENT', 'CREATE'])
  await engine.stop()
  await Array.fromAsync(live)
})

test('what is not kept any more is not found, and a position is a number', async (t) => {
  const { engine, ask } = await startManaged(t, { records: { keep: 2 } })
  await engine.deploy({ 'later.bpmn': later })
  const gone = await ask('/records?from=1')
  assert.equal(gone.status, 404)
  assert.deepEqual(await gone.json(), { error: 'the record at position 1 is not kept any more; those from 2 on are' })
  assert.equal((await ask('/records?from=yesterday')).status, 400)
  assert.equal((await ask('/records?follow=perhaps')).status, 400)
})

test('a reader who does not keep up is cut off: nothing is kept for it', async (t) => {
  const { engine, port } = await startManaged(t, { records: { keep: 20 } })
  await engine.deploy({ 'later.bpmn': later })
  const asked = request({ port, host: '127.0.0.1', path: '/records' }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const large = { text: 'x'.repeat(1_000_000) }
  for (let n = 0; n < 12; n += 1) await engine.create('later', large)
  const cutOff = once(response, 'error')
  response.resume()
  await cutOff
  assert.equal(response.complete, false)
})

test('a web site cannot ask by way of a browser', async (t) => {
  const { ask, port } = await startManaged(t)
  assert.equal((await ask('/health', { headers: { origin: 'https://example.com' } })).status, 403)
  const rebound = new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/health', headers: { host: 'example.com' } }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end()
  })
  assert.equal(await rebound, 403)
})
