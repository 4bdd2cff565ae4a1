import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, flow, model, serviceTask, start } from '../testing/bpmn.ts'
import { activation, type Job, type Reply } from '../testing/gatewayClient.ts'
import { startTestEngine, type TestEngine } from '../testing/testEngine.ts'
import { createUnrulyStore } from '../testing/unrulyStore.ts'

const straight = model('straight', start(), serviceTask('task', 'work'), end(), flow('start -> task -> end'))
const long = { requestTimeout: 20_000 }

const jobsIn = (replies: readonly (Reply | undefined)[]): Job[] =>
  replies.flatMap((reply) => (reply?.jobs ?? []) as Job[])

/** Resolves when the engine has answered what was sent before: calls of one client arrive in their order. */
const settled = (engine: TestEngine) => engine.client.call('Topology')

test('a poll that waits gets a job that comes later', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const poll = engine.client.stream('ActivateJobs', activation('work', long))
  await settled(engine)
  const instance = await engine.create('straight')
  const [job] = jobsIn(await poll.all)
  assert.equal(job!.processInstanceKey, instance)
})

test('a poll that does not wait, and one whose time is over, end without a job', async (t) => {
  const engine = await startTestEngine(t)
  assert.deepEqual(await engine.client.activate('work', { requestTimeout: -1 }), [])
  assert.deepEqual(await engine.client.activate('work', { requestTimeout: 50 }), [])
  await engine.deploy({ 'straight.bpmn': straight })
  await engine.create('straight')
  assert.equal((await engine.client.activate('work')).length, 1, 'the polls that are over took no job')
})

test('polls are served in the order in which they came, each up to what it asked for', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const polls = ['first', 'second', 'third'].map((worker) =>
    engine.client.stream('ActivateJobs', activation('work', { ...long, worker, maxJobsToActivate: 1 })),
  )
  await settled(engine)
  const instances = [await engine.create('straight'), await engine.create('straight'), await engine.create('straight')]
  const jobs = jobsIn((await Promise.all(polls.map((poll) => poll.all))).flat())
  assert.deepEqual(
    jobs.map((job) => [job.worker, job.processInstanceKey]),
    [
      ['first', instances[0]],
      ['second', instances[1]],
      ['third', instances[2]],
    ],
  )
})

test('a poll that its client cancelled takes no job', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const left = engine.client.stream('ActivateJobs', activation('work', { ...long, worker: 'left' }))
  await settled(engine)
  left.cancel()
  await assert.rejects(left.all, { code: 1 })
  const stays = engine.client.stream('ActivateJobs', activation('work', { ...long, worker: 'stays' }))
  await settled(engine)
  await engine.create('straight')
  assert.deepEqual(
    jobsIn(await stays.all).map((job) => job.worker),
    ['stays'],
  )
})

test('a poll that its client cancelled while a job was being activated for it gives the job back', async (t) => {
  const { store, holdNext } = createUnrulyStore()
  const engine = await startTestEngine(t, { store })
  await engine.deploy({ 'straight.bpmn': straight })
  await engine.create('straight')
  const held = holdNext()
  const left = engine.client.stream('ActivateJobs', activation('work', { ...long, worker: 'left' }))
  await held.saving
  left.cancel()
  await assert.rejects(left.all, { code: 1 })
  await settled(engine)
  held.release()
  const [job] = await engine.client.activate('work', { ...long, worker: 'next' })
  assert.equal(job!.worker, 'next')
  assert.equal(job!.retries, 3)
})

test('a poll that asks for no job waits in nobody’s way', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const none = engine.client.stream('ActivateJobs', activation('work', { requestTimeout: 300, maxJobsToActivate: 0 }))
  const some = engine.client.stream('ActivateJobs', activation('work', long))
  await settled(engine)
  await engine.create('straight')
  assert.equal(jobsIn(await some.all).length, 1)
  assert.deepEqual(jobsIn(await none.all), [])
})

test('many polls and many jobs: each job goes to one of them', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const work = async (worker: string): Promise<number[]> => {
    const keys: number[] = []
    for (;;) {
      const jobs = await engine.client.activate('work', { worker, requestTimeout: 300, maxJobsToActivate: 2 })
      if (jobs.length === 0) return keys
      keys.push(...jobs.map((job) => job.key))
    }
  }
  const workers = ['a', 'b', 'c', 'd'].map(work)
  await Promise.all(Array.from({ length: 60 }, () => engine.create('straight')))
  const keys = (await Promise.all(workers)).flat()
  assert.equal(keys.length, 60)
  assert.equal(new Set(keys).size, 60)
})

test('jobs that are too large for one reply come to who asks next', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const text = 'x'.repeat(1_500_000)
  for (let n = 0; n < 5; n += 1) await engine.create('straight', { n, text })
  for (const taken of [[0, 1], [2, 3], [4], []])
    assert.deepEqual(
      (await engine.client.activate('work')).map((job) => JSON.parse(job.variables).n),
      taken,
    )
})

test('a stream gives jobs as they come; when its client leaves, the next job is for others', async (t) => {
  const engine = await startTestEngine(t)
  await engine.deploy({ 'straight.bpmn': straight })
  const before = await engine.create('straight')
  const stream = engine.client.stream('StreamActivatedJobs', { type: 'work', worker: 'streamer', timeout: 60_000 })
  assert.equal((await stream.first)!.processInstanceKey, before)
  stream.cancel()
  await assert.rejects(stream.all, { code: 1 })
  const poll = engine.client.stream('ActivateJobs', activation('work', long))
  await settled(engine)
  const after = await engine.create('straight')
  assert.deepEqual(
    jobsIn(await poll.all).map((job) => job.processInstanceKey),
    [after],
  )
})

test('an engine that stops sends those who wait away', async (t) => {
  const engine = await startTestEngine(t)
  const poll = engine.client.stream('ActivateJobs', activation('work', long))
  await settled(engine)
  const gone = assert.rejects(poll.all, { code: 14 })
  await engine.stop()
  await gone
})
