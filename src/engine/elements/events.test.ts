import assert from 'node:assert/strict'
import { test } from 'node:test'
import { incidents, nextDue } from '../state/state.ts'
import {
  end,
  errorBoundary,
  errorEnd,
  flow,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  receiveTask,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../testing/bpmn.ts'
import { deploy, given } from '../testing/engine.ts'

test('a late order: the timer fires once beside the work, its job fails for good, the late answer still comes', async () => {
  const engine = await given(
    model(
      'late',
      start(),
      subProcess('work', {}, start('s'), messageCatch('answer', 'ANSWER', '=id'), end('e'), flow('s -> answer -> e')),
      timerBoundary('slow', 'work', { duration: 'PT10S' }, { interrupting: false }),
      serviceTask('raise', 'raise'),
      end(),
      end('raised'),
      flow('start -> work -> end'),
      flow('slow -> raise -> raised'),
    ),
  )
  engine.create('late', { id: 'i' })
  assert.equal(nextDue(engine.state), engine.now + 10_000)
  engine.advance(9_999)
  assert.equal(engine.jobs('raise').length, 0)
  await engine.restart()
  engine.advance(1)
  const job = engine.job('raise')
  engine.do({ type: 'FailJob', jobKey: job.key, retries: 0, errorMessage: 'late', retryBackOff: 0, variables: {} })
  assert.deepEqual([engine.incident().type, engine.incident().message], ['JOB_NO_RETRIES', 'late'])
  engine.publish('ANSWER', 'i')
  assert.equal(engine.finished.length, 0)
  await engine.restart()
  const incidentKey = engine.incident().key
  assert.match(engine.refused({ type: 'ResolveIncident', incidentKey }).message, /has no retries left. Please update/)
  engine.do({ type: 'UpdateJobRetries', jobKey: job.key, retries: 1 })
  assert.equal(engine.jobs('raise').length, 0)
  engine.do({ type: 'ResolveIncident', incidentKey })
  engine.complete(engine.job('raise'))
  assert.equal(engine.finished.length, 1)
  assert.equal(nextDue(engine.state), undefined)
})

test('a cycle fires as often as it says, an interval apart, and once after a leap of the clock', async () => {
  const engine = await given(
    model(
      'cycle',
      start(),
      serviceTask('work'),
      timerBoundary('tick', 'work', { cycle: 'R3/PT10S' }, { interrupting: false }),
      end(),
      end('ticked'),
      flow('start -> work -> end'),
      flow('tick -> ticked'),
    ),
  )
  engine.create('cycle')
  const ticks = () => engine.lived('ticked').filter((line) => line.endsWith('COMPLETED')).length
  engine.advance(35_000)
  assert.equal(ticks(), 1)
  assert.equal(nextDue(engine.state), engine.now + 10_000)
  engine.advance(11_000)
  assert.equal(ticks(), 2)
  assert.equal(nextDue(engine.state), engine.now - 1_000 + 10_000)
  engine.advance(100_000)
  engine.advance(100_000)
  assert.equal(ticks(), 3)
  engine.complete(engine.job('work'))
  assert.equal(engine.finished.length, 1)
})

test('a leap that ends where the next repetition would come due makes one as well', async () => {
  const tick = timerBoundary('tick', 'work', { cycle: 'R/PT10S' }, { interrupting: false })
  const engine = await given(
    model(
      'leap',
      start(),
      serviceTask('work'),
      tick,
      end(),
      flow('start -> work -> end'),
      end('on'),
      flow('tick -> on'),
    ),
  )
  engine.create('leap')
  engine.advance(20_000)
  assert.equal(engine.lived('on').filter((line) => line.endsWith('COMPLETED')).length, 1)
  assert.equal(nextDue(engine.state), engine.now + 10_000)
})

test('an interrupting timer ends a subprocess with all that runs in it', async () => {
  const engine = await given(
    model(
      'deadline',
      start(),
      subProcess('work', {}, start('s'), serviceTask('job'), end('e'), flow('s -> job -> e')),
      timerBoundary('late', 'work', { date: '=due' }),
      end(),
      end('tooLate'),
      flow('start -> work -> end'),
      flow('late -> tooLate'),
    ),
  )
  engine.create('deadline', { due: '2026-01-01T01:00:00+01:00' })
  engine.advance(0)
  assert.deepEqual(engine.lived('job').slice(2), ['job TERMINATING', 'job TERMINATED'])
  assert.equal(engine.lived('tooLate').at(-1), 'tooLate COMPLETED')
  assert.equal(engine.jobs('job').length, 0)
})

test('a timer whose expression is no duration is an incident', async () => {
  const engine = await given(
    model('t', start(), timerCatch('wait', { duration: '=d' }), end(), flow('start -> wait -> end')),
  )
  engine.create('t', { d: 'x' })
  assert.equal(engine.incident().message, "Invalid duration format 'x' for expression 'd'.")
  engine.create('t', { d: 5 })
  assert.equal(
    incidents(engine.state).at(-1)?.message,
    "Expected result of the expression 'd' to be one of '[DURATION, PERIOD, STRING]', but was 'NUMBER'.",
  )
})

const waits = model('waits', start(), messageCatch('m', 'M', '=k'), end(), flow('start -> m -> end'))

test('a message goes to one instance of a process, across versions, and to each other process', async () => {
  const engine = await given(waits, waits.replaceAll('waits', 'other'))
  engine.create('waits', { k: 'x' })
  await deploy(engine, waits.replace('<bpmn:process', '\n<bpmn:process'))
  engine.create('waits', { k: 'x' })
  engine.create('other', { k: 'x' })
  engine.publish('M', 'x')
  assert.deepEqual(
    engine.finished.map(({ bpmnProcessId, version }) => [bpmnProcessId, version]),
    [
      ['waits', 1],
      ['other', 1],
    ],
  )
})

test('a buffered message waits for its time to live, first in first out, and is taken once a process', async () => {
  const engine = await given(waits)
  engine.publish('M', '7', { n: 1 }, 10_000)
  engine.publish('M', '7', { n: 2 }, 10_000)
  engine.publish('M', '7', { n: 3 }, 1_000)
  await engine.restart()
  engine.create('waits', { k: 7 })
  engine.create('waits', { k: 7.9 })
  assert.deepEqual(
    engine.finished.map(({ variables }) => variables.n),
    [1, 2],
  )
  engine.advance(1_000)
  engine.create('waits', { k: '7' })
  assert.equal(engine.finished.length, 2)
  assert.equal([...engine.state.messages.values()].length, 2)
  engine.advance(9_000)
  assert.equal([...engine.state.messages.values()].length, 0)
})

test('a messageId is refused while a message of that name, key and id is stored', async () => {
  const engine = await given(waits)
  engine.publish('M', 'x', {}, 1_000, 'id')
  const again = {
    type: 'PublishMessage',
    name: 'M',
    correlationKey: 'x',
    timeToLive: 1_000,
    messageId: 'id',
    variables: {},
  } as const
  assert.deepEqual(engine.refused(again), {
    code: 'ALREADY_EXISTS',
    message:
      "Command 'PUBLISH' rejected with code 'ALREADY_EXISTS': Expected to publish a new message with id 'id', but a message with that id was already published",
  })
  engine.publish('M', 'y', {}, 1_000, 'id')
  engine.advance(1_000)
  engine.publish('M', 'x', {}, 0, 'id')
  engine.publish('M', 'x', {}, 0, 'id')
})

test('a correlation key that is neither string nor number is an incident', async () => {
  const engine = await given(waits)
  engine.create('waits', { k: true })
  assert.equal(
    engine.incident().message,
    "Failed to extract the correlation key for 'k': The value must be either a string or a number, but was 'BOOLEAN'.",
  )
})

test("a boundary event's key is that of the scope around its activity; its variables go up", async () => {
  const engine = await given(
    model(
      'b',
      start(),
      receiveTask('r', 'R', '=key', { inputs: { key: '="inner"' } }),
      messageBoundary('side', 'r', 'SIDE', '=key', { interrupting: false }),
      messageBoundary('stop', 'r', 'STOP', '=key', { outputs: { why: '=reason' } }),
      end(),
      end('sideEnd'),
      end('stopped'),
      flow('start -> r -> end'),
      flow('side -> sideEnd'),
      flow('stop -> stopped'),
    ),
  )
  const key = engine.create('b', { key: 'outer' })
  engine.publish('SIDE', 'inner', { a: 1 })
  engine.publish('SIDE', 'outer', { a: 2 })
  engine.publish('SIDE', 'outer', { a: 3 })
  assert.deepEqual(engine.variables(key), { key: 'outer', a: 3 })
  await engine.restart()
  engine.publish('STOP', 'outer', { reason: 'r', other: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { key: 'outer', a: 3, why: 'r' })
  assert.equal([...engine.state.subscriptions.values()].length, 0)
})

test('a thrown error goes to the nearest event that catches it, its variables stay there', async () => {
  const engine = await given(
    model(
      'e',
      start(),
      subProcess(
        'sp',
        {},
        start('s'),
        serviceTask('job'),
        errorBoundary('y', 'job', 'Y'),
        end('e1'),
        end('e2'),
        flow('s -> job -> e1'),
        flow('y -> e2'),
      ),
      errorBoundary('any', 'sp'),
      errorBoundary('x', 'sp', 'X'),
      end(),
      end('anyEnd'),
      end('xEnd'),
      flow('start -> sp -> end'),
      flow('any -> anyEnd'),
      flow('x -> xEnd'),
    ),
  )
  const thrown = (errorCode: string) => {
    engine.create('e')
    engine.do({ type: 'ThrowError', jobKey: engine.job('job').key, errorCode, errorMessage: '', variables: { v: 1 } })
    return engine
      .lived()
      .filter((line) => /End COMPLETED|e2 COMPLETED/.test(line))
      .at(-1)
  }
  assert.equal(thrown('X'), 'xEnd COMPLETED')
  assert.equal(thrown('Z'), 'anyEnd COMPLETED')
  assert.equal(thrown('Y'), 'e2 COMPLETED')
  assert.deepEqual(
    engine.finished.map(({ variables }) => variables),
    [{}, {}, {}],
  )
  assert.equal([...engine.state.jobs.values()].length, 0)
})

test('an error that nobody catches is an incident; resolved, the job can be taken again', async () => {
  const engine = await given(
    model(
      'u',
      start(),
      serviceTask('job'),
      errorBoundary('y', 'job', 'Y'),
      end(),
      end('e'),
      flow('start -> job -> end'),
      flow('y -> e'),
    ),
  )
  engine.create('u')
  const job = engine.job('job')
  engine.do({ type: 'ThrowError', jobKey: job.key, errorCode: 'Z', errorMessage: 'why', variables: {} })
  assert.equal(
    engine.incident().message,
    "Expected to throw an error event with the code 'Z' with message 'why', but it was not caught. Available error events are [Y]",
  )
  assert.deepEqual(engine.refused({ type: 'CompleteJob', jobKey: job.key, variables: {} }), {
    code: 'FAILED_PRECONDITION',
    message: `Command 'COMPLETE' rejected with code 'INVALID_STATE': Expected to complete job with key '${job.key}', but it is in state 'ERROR_THROWN'`,
  })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  engine.complete(engine.job('job'))
  assert.equal(engine.finished.length, 1)
})

test('an error end event ends its subprocess; uncaught it is an incident', async () => {
  const caught = model(
    'c',
    start(),
    subProcess('sp', {}, start('s'), errorEnd('fail', 'E'), flow('s -> fail')),
    errorBoundary('catch', 'sp', 'E'),
    end(),
    end('done'),
    flow('start -> sp -> end'),
    flow('catch -> done'),
  )
  const engine = await given(caught, model('u', start(), errorEnd('fail', 'Q'), flow('start -> fail')))
  engine.create('c')
  assert.deepEqual(engine.lived('fail'), ['fail ACTIVATING', 'fail ACTIVATED', 'fail TERMINATING', 'fail TERMINATED'])
  assert.equal(engine.lived('done').at(-1), 'done COMPLETED')
  const key = engine.create('u')
  assert.equal(engine.incident().type, 'UNHANDLED_ERROR_EVENT')
  engine.do({ type: 'CancelProcessInstance', processInstanceKey: key })
  assert.equal(engine.incidents().length, 0)
  assert.equal(engine.finished.at(-1)?.outcome, 'terminated')
})

test('a message start event: one instance a key, the next message starts the next, a new version takes over', async () => {
  const started = model('ms', messageStart('begin', 'BEGIN'), serviceTask('job'), end(), flow('begin -> job -> end'))
  const engine = await given(started)
  engine.publish('BEGIN', 'k', { v: 1 }, 60_000)
  engine.publish('BEGIN', 'k', { v: 2 }, 60_000)
  engine.publish('BEGIN', '', { v: 3 })
  engine.publish('BEGIN', '', { v: 4 })
  await engine.restart()
  const [first, ...others] = engine.jobs('job')
  assert.deepEqual(
    [first, ...others].map((job) => job?.variables),
    [{ v: 1 }, { v: 3 }, { v: 4 }],
  )
  engine.complete(first!)
  assert.deepEqual(engine.job('job').variables, { v: 2 })
  await deploy(engine, started.replace('"BEGIN"', '"START"'))
  engine.publish('BEGIN', 'n', {})
  assert.equal(engine.jobs('job').length, 0)
  engine.publish('START', 'n', {})
  assert.equal(engine.job('job').processDefinitionVersion, 2)
  assert.equal(
    engine.refused({ type: 'CreateProcessInstance', bpmnProcessId: 'ms', variables: {} }).message,
    "Command 'CREATE' rejected with code 'INVALID_STATE': Expected to create instance of process with none start event, but there is no such event",
  )
})
