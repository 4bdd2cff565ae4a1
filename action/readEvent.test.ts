import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readInputs } from './inputs.ts'
import { readDispatch, readOperationEvent } from './readEvent.ts'
import type { Run } from './run.ts'

const time = '2026-01-02T03:04:05.000Z'
const handlers = readInputs((name) => (name === 'handlers' ? 'h.ts' : ''))
const upsert = readInputs((name) => (name === 'operation' ? 'UPSERT' : ''))

test("a dispatch's payload names the event's attributes, and is its data", async (t) => {
  const payload = { event_id: 'e1', correlation_id: 'c1', source: 'urn:me', product: 'a' }
  const { event, fault } = await readDispatch(
    await runOf(t, { action: 'restock_item', client_payload: payload }),
    handlers,
    time,
  )
  assert.equal(fault, undefined)
  assert.deepEqual(event, {
    id: 'e1',
    source: 'urn:me',
    type: 'restock_item',
    time,
    data: payload,
    correlationid: 'c1',
  })
})

test('without an event_id a repeat of the run is the same event, another run is not', async (t) => {
  const body = { action: 'restock_item', client_payload: {} }
  const [first, again, other] = [await runOf(t, body), await runOf(t, body), { ...(await runOf(t, body)), runId: '8' }]
  const ids = await Promise.all(
    [first, again, other].map(async (run) => (await readDispatch(run, handlers, time)).event.id),
  )
  assert.equal(ids[0], ids[1])
  assert.notEqual(ids[0], ids[2])
})

test('a payload that cannot be stored as it came is a fault of the event, whose id stays', async (t) => {
  const text = '{"action":"a","client_payload":{"event_id":"e1","n":12345678901234567890}}'
  const { event, fault } = await readDispatch(await runOf(t, text), handlers, time)
  assert.equal(event.id, 'e1')
  assert.equal(fault?.code, 'invalid')
  assert.match(fault!.message, /12345678901234567890/)
})

test('an event that is no JSON is called so: no payload of anybody is to blame', async (t) => {
  const run = await runOf(t, 'nope')
  await assert.rejects(readDispatch(run, handlers, time), /^CommitbaseError: the run's event is not JSON: .*got nope$/)
})

test('an event_id that is no text is a fault, under the id of the run', async (t) => {
  const { event, fault } = await readDispatch(
    await runOf(t, { action: 'a', client_payload: { event_id: 7 } }),
    handlers,
    time,
  )
  assert.match(event.id, /^[0-9a-f]{64}$/)
  assert.match(fault!.message, /event_id must be a text/)
})

test('handlers in a run that nothing dispatched: the error names the input and the fix', async (t) => {
  const run = { ...(await runOf(t, { ref: 'refs/heads/main' })), eventName: 'push' }
  await assert.rejects(
    readDispatch(run, handlers, time),
    /input 'handlers' needs a run that a repository_dispatch started; got push/,
  )
})

test("an operation's event: the dispatch's id with step and inputs, or the run's; of other runs nothing is taken", async (t) => {
  const dispatch = await runOf(t, { action: 'a', client_payload: { event_id: 'e1' } })
  const { event } = await readOperationEvent(dispatch, upsert, time)
  assert.match(event.id, /^e1-[0-9a-f]{64}$/)
  assert.deepEqual([event.type, event.correlationid], ['a', 'e1'])
  const push = { ...(await runOf(t, { action: 'x', client_payload: { event_id: 'e1' } })), eventName: 'push' }
  const other = (await readOperationEvent(push, upsert, time)).event
  assert.match(other.id, /^[0-9a-f]{64}$/)
  assert.deepEqual([other.type, other.data], ['push', {}])
})

async function runOf(t: TestContext, body: unknown): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-event-'))
  t.after(() => rm(folder, { recursive: true }))
  const eventPath = join(folder, 'event.json')
  await writeFile(eventPath, typeof body === 'string' ? body : JSON.stringify(body))
  return {
    repository: 'acme/shop',
    url: '',
    runId: '7',
    job: 'j',
    step: 's',
    eventName: 'repository_dispatch',
    eventPath,
    workspace: '',
  }
}
