import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { connect } from './connect.ts'
import type { Job, Outcome } from './job.ts'
import { type GatewayCall, startGateway } from './testing/gateway.ts'
import { wireJob } from './testing/job.ts'
import { startWorker, type WorkerOptions } from './workers.ts'

/** A gateway whose long polls a test answers by hand, and which keeps what workers answer. */
async function manualGateway(t: TestContext) {
  const events = new EventEmitter()
  const polls: GatewayCall[] = []
  const answers: [string, Record<string, unknown>][] = []
  let refuse: ((name: string) => void) | undefined
  const answer = (name: string) => (call: GatewayCall) => {
    refuse?.(name)
    answers.push([name, call.request])
    events.emit('answer', name, call.request)
    return {}
  }
  const address = await startGateway(t, {
    ActivateJobs: (call) => {
      polls.push(call)
      events.emit('poll', call)
      call.on('cancelled', () => events.emit('cancelled'))
      return undefined
    },
    CompleteJob: answer('CompleteJob'),
    FailJob: answer('FailJob'),
    ThrowError: answer('ThrowError'),
  })
  const engine = connect({ address })
  t.after(() => engine.close())
  return {
    engine,
    answers,
    nextPoll: async () => {
      if (polls.length === 0) await once(events, 'poll')
      return polls.shift()!
    },
    nextAnswer: () => once(events, 'answer') as Promise<[string, Record<string, unknown>]>,
    cancelled: () => once(events, 'cancelled'),
    refuseWith: (refusal: typeof refuse) => {
      refuse = refusal
    },
  }
}

function send(poll: GatewayCall, ...jobs: Partial<Job>[]): void {
  poll.write({ jobs: jobs.map(wireJob) })
  poll.end()
}

function start(t: TestContext, options: Omit<WorkerOptions, 'type'>) {
  const worker = startWorker({ type: 'work', ...options })
  t.after(() => worker.stop(0))
  return worker
}

test('each outcome becomes its call', async (t) => {
  const gateway = await manualGateway(t)
  const outcomes: Record<string, Outcome> = {
    1: { type: 'complete', variables: { a: 1 } },
    2: { type: 'fail', message: 'no', backOff: 500 },
    3: { type: 'error', code: 'SOLD_OUT', message: 'none left', variables: { b: 2 } },
  }
  start(t, { engine: gateway.engine, handle: (job) => outcomes[job.key]! })
  send(await gateway.nextPoll(), { key: '1' }, { key: '2', retries: 3 }, { key: '3' })
  while (gateway.answers.length < 3) await gateway.nextAnswer()
  const byKey = new Map(gateway.answers.map(([name, request]) => [request.jobKey, [name, request] as const]))
  assert.equal(byKey.get('1')![0], 'CompleteJob')
  assert.equal(byKey.get('1')![1].variables, '{"a":1}')
  assert.deepEqual(
    [byKey.get('2')![0], byKey.get('2')![1].retries, byKey.get('2')![1].retryBackOff],
    ['FailJob', 2, '500'],
  )
  assert.deepEqual(
    [byKey.get('3')![0], byKey.get('3')![1].errorCode, byKey.get('3')![1].variables],
    ['ThrowError', 'SOLD_OUT', '{"b":2}'],
  )
})

test('what a handler throws fails the job with one retry less', async (t) => {
  const gateway = await manualGateway(t)
  start(t, {
    engine: gateway.engine,
    handle: () => {
      throw new Error('the shelf is empty')
    },
  })
  const answered = gateway.nextAnswer()
  send(await gateway.nextPoll(), { key: '7', retries: 1 })
  const [name, request] = await answered
  assert.deepEqual([name, request.retries, request.errorMessage], ['FailJob', 0, 'the shelf is empty'])
})

test('it asks for as many jobs as it has room for, and for none where it has none', async (t) => {
  const gateway = await manualGateway(t)
  const release = new Map<string, () => void>()
  const handle = (job: Job) =>
    new Promise<Outcome>((resolve) => release.set(job.key, () => resolve({ type: 'complete' })))
  start(t, { engine: gateway.engine, capacity: 2, handle })
  const first = await gateway.nextPoll()
  assert.equal(first.request.maxJobsToActivate, 2)
  send(first, { key: '1' })
  const second = await gateway.nextPoll()
  assert.equal(second.request.maxJobsToActivate, 1)
  send(second, { key: '2' })
  const third = gateway.nextPoll()
  while (!release.has('2')) await new Promise(setImmediate)
  release.get('1')!()
  assert.equal((await third).request.maxJobsToActivate, 1)
  release.get('2')!()
})

test('a job that comes again while it is worked on is not worked on twice', async (t) => {
  const gateway = await manualGateway(t)
  let handled = 0
  let finish = () => {}
  start(t, {
    engine: gateway.engine,
    handle: async () => {
      handled++
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { type: 'complete' }
    },
  })
  send(await gateway.nextPoll(), { key: '1' })
  send(await gateway.nextPoll(), { key: '1' })
  await gateway.nextPoll()
  const answered = gateway.nextAnswer()
  finish()
  await answered
  assert.equal(handled, 1)
})

test('an answer is sent again until the engine takes it', async (t) => {
  const gateway = await manualGateway(t)
  let refusals = 2
  gateway.refuseWith(() => {
    if (refusals-- > 0) throw { code: status.UNAVAILABLE, details: 'away' }
  })
  start(t, { engine: gateway.engine, handle: () => ({ type: 'complete' }) })
  const answered = gateway.nextAnswer()
  send(await gateway.nextPoll(), { key: '1' })
  assert.equal((await answered)[0], 'CompleteJob')
})

test('an answer to a job that is gone is nobody’s error', async (t) => {
  const gateway = await manualGateway(t)
  gateway.refuseWith(() => {
    throw { code: status.NOT_FOUND, details: 'no such job' }
  })
  const outcome = new Promise((resolve) =>
    start(t, {
      engine: gateway.engine,
      handle: () => ({ type: 'complete' }),
      onOutcome: (_job, _outcome, answer) => resolve(answer),
    }),
  )
  send(await gateway.nextPoll(), { key: '1' })
  assert.equal(await outcome, 'gone')
})

test('variables that the engine will not take fail the job with its words', async (t) => {
  const gateway = await manualGateway(t)
  gateway.refuseWith((name) => {
    if (name === 'CompleteJob')
      throw { code: status.RESOURCE_EXHAUSTED, details: 'Received message larger than max (5 vs 4)' }
  })
  start(t, { engine: gateway.engine, handle: () => ({ type: 'complete' }) })
  const answered = gateway.nextAnswer()
  send(await gateway.nextPoll(), { key: '1' })
  const [name, request] = await answered
  assert.deepEqual([name, request.retries], ['FailJob', 0])
  assert.match(String(request.errorMessage), /larger than max/)
})

test('an engine that is lost is told once, and polled until it is there again', async (t) => {
  const gateway = await manualGateway(t)
  const states: boolean[] = []
  start(t, {
    engine: gateway.engine,
    handle: () => ({ type: 'complete' }),
    onConnection: ({ connected }) => states.push(connected),
  })
  for (let poll = 0; poll < 2; poll++)
    (await gateway.nextPoll()).emit('error', { code: status.UNAVAILABLE, details: 'away' })
  const answered = gateway.nextAnswer()
  send(await gateway.nextPoll(), { key: '1' })
  await answered
  assert.deepEqual(states, [false, true])
})

test('stopping cancels the poll, answers what is under way, and takes nothing more', async (t) => {
  const gateway = await manualGateway(t)
  let finish = () => {}
  const handle = () => new Promise<Outcome>((resolve) => (finish = () => resolve({ type: 'complete' })))
  const worker = start(t, { engine: gateway.engine, handle })
  send(await gateway.nextPoll(), { key: '1' })
  await gateway.nextPoll()
  const cancelled = gateway.cancelled()
  const stopped = worker.stop()
  await cancelled
  finish()
  await stopped
  assert.deepEqual(
    gateway.answers.map(([name]) => name),
    ['CompleteJob'],
  )
})

test('stopping does not wait for a task that never ends and heeds nobody', { timeout: 20_000 }, async (t) => {
  const gateway = await manualGateway(t)
  const begun = Promise.withResolvers<void>()
  const handle = () => {
    begun.resolve()
    return new Promise<Outcome>(() => {})
  }
  const worker = startWorker({ type: 'work', engine: gateway.engine, handle })
  send(await gateway.nextPoll(), { key: '1' })
  await begun.promise
  await worker.stop(1)
  assert.deepEqual(gateway.answers, [])
})

test('stopping drops what takes too long', async (t) => {
  const gateway = await manualGateway(t)
  const told = new Promise((resolve) => {
    const handle = (_job: Job, signal: AbortSignal) =>
      new Promise<Outcome>((finish) => signal.addEventListener('abort', () => finish({ type: 'complete' })))
    const worker = start(t, { engine: gateway.engine, handle, onOutcome: (_job, _outcome, answer) => resolve(answer) })
    void gateway.nextPoll().then(async (poll) => {
      send(poll, { key: '1' })
      await gateway.nextPoll()
      await worker.stop(1)
    })
  })
  gateway.refuseWith(() => {
    throw { code: status.UNAVAILABLE, details: 'away' }
  })
  assert.equal(await told, 'dropped')
})
