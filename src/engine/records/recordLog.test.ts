import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { startTestEngine } from '../testing/testEngine.ts'
import { createUnrulyStore } from '../testing/unrulyStore.ts'
import type { ZeebeRecord } from './record.ts'
import { RecordLog, type Records } from './recordLog.ts'

const models = { 'work.bpmn': model('work', start(), serviceTask('job'), end(), flow('start -> job -> end')) }

async function tempFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'commitbase-records-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'records.jsonl')
}

async function positionsIn(file: string): Promise<number[]> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  assert.equal(lines.pop(), '', 'the last line is whole')
  return lines.map((line) => (JSON.parse(line) as ZeebeRecord).position)
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

/** Records as a batch has them. */
function batch(first: number, count = 2): ZeebeRecord[] {
  return Array.from({ length: count }, (_, index) => record(first + index))
}

function record(position: number): ZeebeRecord {
  return {
    partitionId: 1,
    value: { text: 'é\n' },
    key: 1,
    timestamp: 0,
    valueType: 'JOB',
    brokerVersion: '8.6.0',
    recordVersion: 1,
    sourceRecordPosition: -1,
    intent: 'CREATED',
    recordType: 'EVENT',
    rejectionType: 'NULL_VAL',
    rejectionReason: '',
    authorizations: {},
    position,
    operationReference: -1,
  }
}

async function intents(records: Records, from?: number): Promise<string[]> {
  const lines = await Array.fromAsync(records.read({ follow: false, ...(from !== undefined && { from }) }))
  return lines.map(({ json }) => (JSON.parse(json) as ZeebeRecord).intent)
}

test('a reader has the records that are kept, and then each as soon as it is durable', async (t) => {
  const engine = await startTestEngine(t, { records: {} })
  await engine.deploy(models)
  assert.deepEqual(await intents(engine.records), ['CREATE', 'CREATED', 'CREATED'])
  assert.deepEqual(await intents(engine.records, 3), ['CREATED'])
  const reader = engine.records.read({ from: 4 })[Symbol.asyncIterator]()
  const next = reader.next()
  await engine.create('work')
  const { value } = await next
  assert.deepEqual([value.position, JSON.parse(value.json).intent], [4, 'CREATE'])
})

test('no record is made while nobody wants any', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy(models)
  const reader = engine.records.read()[Symbol.asyncIterator]()
  const first = reader.next()
  await engine.create('work')
  const { value } = await first
  assert.equal(value.position, 1, 'the deployment has no record')
  await reader.return?.()
  await engine.create('work')
  assert.deepEqual(await intents(engine.records), [])
})

test('a reader who falls behind what is kept is told so, and from where it can go on', async () => {
  const log = await RecordLog.open({ keep: 3 }, 0)
  const reader = log.read()[Symbol.asyncIterator]()
  const first = reader.next()
  await log.publish(await log.prepare(batch(1, 2)))
  assert.equal((await first).value.position, 1)
  await log.publish(await log.prepare(batch(3, 3)))
  await assert.rejects(reader.next(), /the records from 2 to 2 are not kept any more; read again from 3 on$/)
  assert.throws(() => log.read({ from: 2 }), /position 2 is not kept any more; those from 3/)
})

test('a reader ends when it is told to, and with the engine', async () => {
  const log = await RecordLog.open({}, 0)
  const leaving = new AbortController()
  const left = Array.fromAsync(log.read({ signal: leaving.signal }))
  const stayed = Array.fromAsync(log.read())
  leaving.abort()
  assert.deepEqual(await left, [])
  await log.close()
  assert.deepEqual(await stayed, [])
})

test('the file has every record once, also those of a refused command, over restarts', async (t) => {
  const file = await tempFile(t)
  const { store } = createUnrulyStore()
  const first = await startTestEngine(t, { store, records: { file } })
  await first.deploy(models)
  await first.create('work')
  await assert.rejects(first.client.call('CompleteJob', { jobKey: 1 }))
  await first.stop()
  const second = await startTestEngine(t, { store, records: { file } })
  await second.create('work')
  await second.stop()
  const positions = await positionsIn(file)
  assert.deepEqual(positions, upTo(positions.length))
  assert.ok(positions.length > 20)
})

test('a batch that could not be saved leaves no record, and its positions are the next one’s', async (t) => {
  const file = await tempFile(t)
  const { store, failNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store, records: { file }, onFault: () => {} })
  await engine.deploy(models)
  failNext()
  await assert.rejects(engine.create('work'))
  await engine.create('work')
  await engine.stop()
  const positions = await positionsIn(file)
  assert.deepEqual(positions, upTo(positions.length))
  const created = (await readFile(file, 'utf8')).match(/"valueType":"PROCESS_INSTANCE_CREATION"/g)
  assert.equal(created?.length, 2, 'one command, one event')
})

test('what was durable and not yet in the file is there after the next start; what was not is dropped', async (t) => {
  const file = await tempFile(t)
  const first = await RecordLog.open({ file }, 0)
  await first.publish(await first.prepare(batch(1)))
  await first.prepare(batch(3))
  const second = await RecordLog.open({ file }, 4)
  await second.prepare(batch(5))
  t.after(() => Promise.all([first.close(), second.close()]))
  assert.deepEqual(await positionsIn(file), upTo(4))
  const third = await RecordLog.open({ file }, 4)
  assert.deepEqual(await positionsIn(file), upTo(4))
  await third.publish(await third.prepare(batch(5)))
  await third.close()
  assert.deepEqual(await positionsIn(file), upTo(6))
})

test('a save that failed and was durable all the same: its records are told when the state is loaded', async (t) => {
  const file = await tempFile(t)
  const log = await RecordLog.open({ file }, 0)
  await log.prepare(batch(1))
  await log.recover(2)
  await log.publish(await log.prepare(batch(3)))
  assert.deepEqual(
    (await Array.fromAsync(log.read({ follow: false }))).map(({ position }) => position),
    upTo(4),
  )
  await log.close()
  assert.deepEqual(await positionsIn(file), upTo(4))
})

test('half a line at the end is cut off, and records of another engine are refused', async (t) => {
  const file = await tempFile(t)
  const first = await RecordLog.open({ file }, 0)
  await first.publish(await first.prepare(batch(1, 300)))
  await first.close()
  await appendFile(file, '{"partitionId":1,"value":{"te')
  await writeFile(`${file}.next`, '')
  const second = await RecordLog.open({ file }, 300)
  await second.publish(await second.prepare(batch(301)))
  await second.close()
  assert.deepEqual(await positionsIn(file), upTo(302))
  await assert.rejects(RecordLog.open({ file }, 0), /another engine's: they end at position 302, this engine's at 0/)
  await writeFile(file, 'a letter\n')
  await assert.rejects(RecordLog.open({ file }, 0), /holds no records/)
})
