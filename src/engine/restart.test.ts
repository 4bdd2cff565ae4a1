import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CommitbaseError } from '../errors.ts'
import { startEngine } from './start.ts'
import { createMemoryStore, type EngineStore } from './storage/store.ts'
import { end, flow, messageCatch, model, serviceTask, start, timerCatch, timerStart } from './testing/bpmn.ts'
import { createManualClock } from './testing/manualClock.ts'
import { startTestEngine } from './testing/testEngine.ts'
import { createUnrulyStore } from './testing/unrulyStore.ts'

const straight = model('straight', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const waiting = model(
  'waiting',
  start(),
  messageCatch('wait', 'PAID', '=order'),
  serviceTask('task', 'work'),
  end(),
  flow('start -> wait -> task -> end'),
)
const sleeping = model(
  'sleeping',
  start(),
  timerCatch('sleep', { duration: 'PT1H' }),
  serviceTask('task', 'work'),
  end(),
  flow('start -> sleep -> task -> end'),
)

test('an engine keeps its id, its models and what waits for a message', async (t) => {
  const store = createMemoryStore()
  const first = await startTestEngine(t, { store })
  await first.deploy({ 'waiting.bpmn': waiting })
  const instance = await first.create('waiting', { order: '7' })
  await first.stop()
  const second = await startTestEngine(t, { store })
  assert.equal(second.engineId, first.engineId)
  assert.equal((await second.client.call('Describe')).engineId, first.engineId)
  await second.client.call('PublishMessage', {
    name: 'PAID',
    correlationKey: '7',
    timeToLive: 0,
    variables: '{"amount":3}',
  })
  const [job] = await second.client.activate('work')
  assert.equal(job!.processInstanceKey, instance)
  assert.deepEqual(JSON.parse(job!.variables), { order: '7', amount: 3 })
  assert.notEqual(await second.create('waiting', { order: '8' }), instance)
})

test('a message and its id outlive a restart', async (t) => {
  const store = createMemoryStore()
  const message = { name: 'PAID', correlationKey: '7', timeToLive: 60_000, messageId: 'pay-7' }
  const first = await startTestEngine(t, { store })
  await first.deploy({ 'waiting.bpmn': waiting })
  await first.client.call('PublishMessage', message)
  await first.stop()
  const second = await startTestEngine(t, { store })
  await assert.rejects(second.client.call('PublishMessage', message), { code: 6 })
  await second.create('waiting', { order: '7' })
  assert.equal((await second.client.activate('work')).length, 1)
})

test('a timer that came due while the engine was away fires at its start, and fires once', async (t) => {
  const store = createMemoryStore()
  const clock = createManualClock()
  const first = await startTestEngine(t, { store, clock })
  await first.deploy({ 'sleeping.bpmn': sleeping })
  await first.create('sleeping')
  await first.stop()
  clock.advance(2 * 3_600_000)
  const second = await startTestEngine(t, { store, clock })
  const [job] = await second.client.activate('work', { requestTimeout: 10_000 })
  assert.equal(job!.elementId, 'task')
  await second.stop()
  const third = await startTestEngine(t, { store, clock })
  assert.deepEqual(await third.client.activate('work'), [], 'the job is still the first worker’s')
  await third.client.call('CompleteJob', { jobKey: job!.key })
  assert.equal(
    (await third.client.refusal('CancelProcessInstance', { processInstanceKey: job!.processInstanceKey })).code,
    'NOT_FOUND',
  )
})

test('a timer does not fire early after a restart', async (t) => {
  const store = createMemoryStore()
  const clock = createManualClock()
  const first = await startTestEngine(t, { store, clock })
  await first.deploy({ 'sleeping.bpmn': sleeping })
  await first.create('sleeping')
  await first.stop()
  clock.advance(3_599_999)
  const second = await startTestEngine(t, { store, clock })
  assert.deepEqual(await second.client.activate('work'), [])
  const poll = second.client.activate('work', { requestTimeout: 10_000 })
  clock.advance(1)
  assert.equal((await poll).length, 1)
})

test('the store holds all that was answered, and an engine that ended leaves nothing of its instances', async (t) => {
  const store = createMemoryStore()
  const engine = await startTestEngine(t, { store })
  await engine.deploy({ 'straight.bpmn': straight })
  const instance = await engine.create('straight', { a: 1 })
  assert.ok([...(await store.load()).keys()].includes(`instances/${instance}.json`))
  const [job] = await engine.client.activate('work')
  await engine.client.call('CompleteJob', { jobKey: job!.key })
  assert.deepEqual(
    [...(await store.load()).keys()].filter((path) => path.startsWith('instances/')),
    [],
  )
})

test('a failed save: its callers get UNAVAILABLE, nothing of it is there after, and the engine goes on', async (t) => {
  const { store, failNext } = createUnrulyStore()
  const faults: unknown[] = []
  const engine = await startTestEngine(t, { store, onFault: (error) => faults.push(error) })
  await engine.deploy({ 'straight.bpmn': straight })
  const kept = await engine.create('straight', { n: 1 })
  failNext()
  const refused = await engine.client.refusal('CreateProcessInstance', { bpmnProcessId: 'straight', version: -1 })
  assert.equal(refused.code, 'UNAVAILABLE')
  assert.match(String((refused as { details: string }).details), /the disk is full/)
  assert.equal(faults.length, 1)
  failNext()
  assert.equal(
    (await engine.client.refusal('ActivateJobs', { type: 'work', worker: 'w', timeout: 60_000, maxJobsToActivate: 5 }))
      .code,
    'UNAVAILABLE',
  )
  const jobs = await engine.client.activate('work')
  assert.deepEqual(
    jobs.map((job) => job.processInstanceKey),
    [kept],
    'the job whose activation was lost can be activated again',
  )
})

test('what is decided while a save runs is answered when the next save has made it durable', async (t) => {
  const { store, holdNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store })
  await engine.deploy({ 'straight.bpmn': straight })
  const first = holdNext()
  const instance = engine.create('straight')
  await first.saving
  const second = holdNext()
  const answered: number[] = []
  const others = Promise.all([1, 2].map(async (n) => answered.push(await engine.create('straight', { n }))))
  await engine.client.call('Topology')
  first.release()
  await instance
  await second.saving
  await engine.client.call('Topology')
  assert.deepEqual(answered, [])
  second.release()
  await others
  assert.equal([...(await store.load()).keys()].filter((path) => path.startsWith('instances/')).length, 3)
})

test('a save that fails takes with it what was decided on top of it, and both callers are told', async (t) => {
  const { store, holdNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store, onFault: () => {} })
  await engine.deploy({ 'straight.bpmn': straight })
  const kept = await engine.create('straight')
  const held = holdNext()
  const create = () => engine.client.refusal('CreateProcessInstance', { bpmnProcessId: 'straight', version: -1 })
  const first = create()
  await held.saving
  const second = create()
  await engine.client.call('Topology')
  held.fail(new Error('the disk is full'))
  assert.deepEqual([(await first).code, (await second).code], ['UNAVAILABLE', 'UNAVAILABLE'])
  const jobs = await engine.client.activate('work')
  assert.deepEqual(
    jobs.map((job) => job.processInstanceKey),
    [kept],
  )
})

test('a poll that waits while a save fails gets the job that comes after', async (t) => {
  const { store, failNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store, onFault: () => {} })
  await engine.deploy({ 'straight.bpmn': straight })
  const poll = engine.client.activate('other', { requestTimeout: 10_000 })
  await engine.client.call('Topology')
  failNext()
  assert.equal(
    (await engine.client.refusal('CreateProcessInstance', { bpmnProcessId: 'straight', version: -1 })).code,
    'UNAVAILABLE',
  )
  await engine.deploy({ 'other.bpmn': straight.replaceAll('straight', 'other').replace('type="work"', 'type="other"') })
  const instance = await engine.create('other')
  assert.deepEqual(
    (await poll).map((job) => job.processInstanceKey),
    [instance],
  )
})

test('a poll that found no job, since the one before it took it and could not be saved, gets that job', async (t) => {
  const { store, failNext, holdNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store, onFault: () => {} })
  await engine.deploy({ 'straight.bpmn': straight })
  const instance = await engine.create('straight')
  const held = holdNext()
  const busy = engine.client.call('PublishMessage', { name: 'm', correlationKey: 'k', timeToLive: 60_000 })
  await held.saving
  failNext()
  const first = assert.rejects(engine.client.activate('work', { requestTimeout: 10_000 }), { code: 14 })
  const second = engine.client.activate('work', { requestTimeout: 10_000 })
  await engine.client.call('Topology')
  held.release()
  await busy
  await first
  assert.deepEqual(
    (await second).map((job) => job.processInstanceKey),
    [instance],
  )
})

test('a store that cannot be read at the start is an error, not an empty engine', async () => {
  const store: EngineStore = {
    ...createMemoryStore(),
    load: () => Promise.reject(new CommitbaseError('unavailable', 'no disk')),
  }
  await assert.rejects(startEngine({ store, port: 0 }), { code: 'unavailable', message: 'no disk' })
})

test('a port that is taken is named in the error', async (t) => {
  const { port } = await startTestEngine(t)
  await assert.rejects(startEngine({ store: createMemoryStore(), port }), (error: CommitbaseError) => {
    assert.equal(error.code, 'unavailable')
    assert.match(error.message, new RegExp(`port ${port} on 127.0.0.1 is taken`))
    return true
  })
})

test('commands that come together share a save', async (t: TestContext) => {
  const inner = createMemoryStore()
  const subjects: string[] = []
  const store: EngineStore = {
    ...inner,
    async save(changes, subject) {
      subjects.push(subject)
      await new Promise((resolve) => setImmediate(resolve))
      await inner.save(changes, subject)
    },
  }
  const engine = await startTestEngine(t, { store })
  await engine.deploy({ 'straight.bpmn': straight })
  await Promise.all(Array.from({ length: 50 }, (_, n) => engine.create('straight', { n })))
  assert.deepEqual(subjects.slice(0, 2), ['Begin an engine', 'DeployResource straight.bpmn'])
  assert.ok(subjects.length < 40, `50 commands took ${subjects.length - 2} saves`)
  assert.ok(subjects.some((subject) => /^\d+ commands: CreateProcessInstance \d+$/.test(subject)))
})

test('a timer that starts a process fires while nobody asks for anything, and after a restart', async (t) => {
  const store = createMemoryStore()
  const clock = createManualClock()
  const hourly = timerStart('tick', { cycle: 'R/PT1H' })
  const first = await startTestEngine(t, { store, clock })
  await first.deploy({
    'hourly.bpmn': model('hourly', hourly, serviceTask('task', 'work'), flow('tick -> task')),
  })
  const poll = first.client.activate('work', { requestTimeout: 10_000 })
  clock.advance(3_600_000)
  assert.equal((await poll).length, 1)
  await first.stop()
  clock.advance(3_600_000)
  const second = await startTestEngine(t, { store, clock })
  const jobs = await second.client.activate('work', { requestTimeout: 10_000, maxJobsToActivate: 5 })
  assert.equal(new Set(jobs.map((job) => job.processInstanceKey)).size, 2, 'the first, which timed out, and a second')
})
