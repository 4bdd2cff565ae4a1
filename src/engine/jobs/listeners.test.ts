import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  callActivity,
  end,
  errorBoundary,
  exclusive,
  flow,
  messageBoundary,
  messageCatch,
  model,
  type Part,
  parallel,
  processListeners,
  serviceTask,
  start,
  subProcess,
  task,
  timerBoundary,
  userTask,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const both = { startListeners: ['before'], endListeners: ['after'] }
const around = (part: Part, id: string) => model('p', start(), part, end(), flow(`start -> ${id} -> end`))

/** Completes the one job of each type, in order. */
function work(engine: TestEngine, ...types: string[]): void {
  for (const type of types) engine.complete(engine.job(type))
}

/** What an element's records say, without the client's commands. */
const told = (engine: TestEngine, elementId: string) =>
  engine.records
    .filter(
      ({ value, recordType }) => recordType === 'EVENT' && (value.elementId ?? value.targetElementId) === elementId,
    )
    .map(
      ({ valueType, intent, value }) =>
        `${valueType === 'PROCESS_INSTANCE' ? '' : `${valueType} `}${intent}${valueType === 'JOB' ? ` ${value.type}` : ''}`,
    )

test('a listener’s job comes before its element is active, another before it is completed', async () => {
  const engine = await given(around(serviceTask('work', 'work', both), 'work'))
  engine.create('p')
  assert.deepEqual(engine.jobs('work'), [])
  await engine.restart()
  work(engine, 'before', 'work')
  await engine.restart()
  assert.equal(engine.finished.length, 0)
  work(engine, 'after')
  assert.equal(engine.finished.length, 1)
  assert.deepEqual(told(engine, 'work'), [
    'ELEMENT_ACTIVATING',
    'JOB CREATED before',
    'JOB COMPLETED before',
    'PROCESS_EVENT TRIGGERING',
    'PROCESS_EVENT TRIGGERED',
    'JOB CREATED work',
    'ELEMENT_ACTIVATED',
    'JOB COMPLETED work',
    'PROCESS_EVENT TRIGGERING',
    'ELEMENT_COMPLETING',
    'PROCESS_EVENT TRIGGERED',
    'JOB CREATED after',
    'JOB COMPLETED after',
    'PROCESS_EVENT TRIGGERING',
    'PROCESS_EVENT TRIGGERED',
    'ELEMENT_COMPLETED',
  ])
})

test('its records say that it listens, and to what', async () => {
  const engine = await given(around(task('t', both), 't'))
  engine.create('p')
  work(engine, 'before', 'after')
  const created = engine.records.filter(({ valueType, intent }) => valueType === 'JOB' && intent === 'CREATED')
  assert.deepEqual(
    created.map(({ value }) => [value.jobKind, value.jobListenerEventType, value.retries, value.customHeaders]),
    [
      ['EXECUTION_LISTENER', 'START', 3, {}],
      ['EXECUTION_LISTENER', 'END', 3, {}],
    ],
  )
})

test('several come one after the other, in the order of the file; type and retries are expressions', async () => {
  const listeners = { startListeners: ['a', ['="b" + x', '=n + 1'], 'c'] as (string | [string, string])[] }
  const engine = await given(around(task('t', listeners), 't'))
  engine.create('p', { x: 'x', n: 4 })
  for (const [type, retries] of [
    ['a', 3],
    ['bx', 5],
    ['c', 3],
  ] as const) {
    assert.equal(engine.finished.length, 0)
    const job = engine.job(type)
    assert.equal(job.retries, retries)
    engine.complete(job)
    await engine.restart()
  }
  assert.equal(engine.finished.length, 1)
})

test('before its element is active it brings variables to it alone, after its mappings; before it is completed, to the scope', async () => {
  const options = { ...both, inputs: { own: '="in"' }, outputs: { result: '=own' } }
  const engine = await given(around(serviceTask('work', 'work', options), 'work'))
  const key = engine.create('p')
  engine.complete(engine.job('before'), { own: 'listener', more: 1 })
  const job = engine.job('work')
  assert.deepEqual(job.variables, { own: 'listener', more: 1 })
  engine.complete(job)
  assert.deepEqual(engine.variables(key), { result: 'listener' })
  engine.complete(engine.job('after'), { late: true })
  assert.deepEqual(engine.finished.at(-1)?.variables, { result: 'listener', late: true })
})

test('of a process: its start listeners come first of all, its end listeners’ variables are in the result', async () => {
  const engine = await given(model('p', processListeners(both), start(), end(), flow('start -> end')))
  engine.create('p', { x: 1 })
  assert.deepEqual(engine.lived('start'), [])
  engine.complete(engine.job('before'), { y: 2 })
  await engine.restart()
  engine.complete(engine.job('after'), { z: 3 })
  assert.deepEqual(engine.finished.at(-1)?.variables, { x: 1, y: 2, z: 3 })
})

test('of a subprocess, a call activity, a user task, events', async () => {
  const called = model('called', start(), end(), flow('start -> end'))
  const sub = subProcess(
    'sub',
    both,
    start('s', { endListeners: ['start'] }),
    end('e', { startListeners: ['end'] }),
    flow('s -> e'),
  )
  const engine = await given(
    around(sub, 'sub').replaceAll('"p"', '"sub-p"'),
    around(callActivity('call', 'called', both), 'call'),
    called,
  )
  engine.create('sub-p')
  work(engine, 'before', 'start', 'end', 'after')
  assert.equal(engine.finished.length, 1)
  engine.create('p')
  work(engine, 'before', 'after')
  assert.equal(engine.finished.length, 2)
  const native = await given(around(userTask('ask', { native: true, ...both }), 'ask'))
  native.create('p')
  assert.deepEqual([...native.state.userTasks.values()], [])
  work(native, 'before')
  const { key: userTaskKey } = [...native.state.userTasks.values()].at(-1)!
  native.do({ type: 'CompleteUserTask', userTaskKey, variables: {}, action: '' })
  work(native, 'after')
  assert.equal(native.finished.length, 1)
  const waiting = await given(around(messageCatch('m', 'M', '=k', both), 'm'))
  waiting.create('p', { k: 'k' })
  waiting.publish('M', 'k')
  work(waiting, 'before')
  waiting.publish('M', 'k')
  work(waiting, 'after')
  assert.equal(waiting.finished.length, 1)
})

test('of gateways, before they choose, split or join', async () => {
  const chooses = model(
    'p',
    start(),
    exclusive('x', 'x_e1', { startListeners: ['choose'] }),
    end('e1'),
    end('e2'),
    flow('start -> x'),
    flow('x -> e1'),
    flow('x -> e2', '=go'),
  )
  const engine = await given(chooses)
  engine.create('p')
  engine.complete(engine.job('choose'), { go: true })
  assert.equal(engine.lived('e2').length, 4)
  const joins = model(
    'p',
    start(),
    parallel('fork', { startListeners: ['fork'] }),
    parallel('join', { startListeners: ['join'] }),
    end(),
    flow('start -> fork -> join -> end'),
    { inside: '<bpmn:sequenceFlow id="second" sourceRef="fork" targetRef="join" />' },
  )
  const split = await given(joins)
  split.create('p')
  work(split, 'fork', 'join')
  assert.equal(split.finished.length, 1)
})

test('in a multi-instance activity each instance has its own', async () => {
  const engine = await given(
    around(serviceTask('work', 'work', { ...both, multi: { in: '=[1, 2]', as: 'n' } }), 'work'),
  )
  engine.create('p')
  const first = engine.jobs('before')
  assert.deepEqual(
    first.map(({ variables }) => variables.n),
    [1, 2],
  )
  for (const job of first) engine.complete(job)
  for (const job of engine.jobs('work')) engine.complete(job)
  for (const job of engine.jobs('after')) engine.complete(job)
  assert.equal(engine.finished.length, 1)
})

test('one that fails for good is an incident of its own type, and can be tried again', async () => {
  const engine = await given(around(task('t', { startListeners: [['before', '1']] }), 't'))
  engine.create('p')
  const { key: jobKey } = engine.job('before')
  engine.do({ type: 'FailJob', jobKey, retries: 0, errorMessage: '', retryBackOff: 0, variables: {} })
  const { key: incidentKey, type, message } = engine.incident()
  assert.deepEqual([type, message], ['EXECUTION_LISTENER_NO_RETRIES', 'No more retries left.'])
  await engine.restart()
  engine.do({ type: 'UpdateJobRetries', jobKey, retries: 1 })
  engine.do({ type: 'ResolveIncident', incidentKey })
  work(engine, 'before')
  assert.equal(engine.finished.length, 1)
})

test('a listener whose expression fails is an incident; resolved, all of them are made again', async () => {
  const engine = await given(around(task('t', { endListeners: ['a', ['=b', '=1']] }), 't'))
  engine.create('p')
  work(engine, 'a')
  const { key: incidentKey, elementInstanceKey, message } = engine.incident()
  assert.match(message, /^Expected result of the expression 'b' to be 'STRING', but was 'NULL'\./)
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { b: 'b' }, local: false })
  engine.do({ type: 'ResolveIncident', incidentKey })
  await engine.restart()
  work(engine, 'a', 'b')
  assert.equal(engine.finished.length, 1)
})

test('nobody catches an error that is thrown for one: its element is not active', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('work', 'work', both),
      errorBoundary('caught', 'work', 'E'),
      end(),
      end('e2'),
      flow('start -> work -> end'),
      flow('caught -> e2'),
    ),
  )
  engine.create('p')
  const { key: jobKey } = engine.job('before')
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'E', errorMessage: '', variables: {} })
  const { type, message, key: incidentKey } = engine.incident()
  assert.deepEqual(
    [type, message],
    [
      'UNHANDLED_ERROR_EVENT',
      "Expected to throw an error event with the code 'E', but it was not caught. No error events are available in the scope.",
    ],
  )
  engine.do({ type: 'ResolveIncident', incidentKey })
  work(engine, 'before', 'work', 'after')
  assert.equal(engine.finished.length, 1)
})

test('an element that is ended takes its listener’s job with it', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), task('t', both), end('e'), flow('s -> t -> e')),
      timerBoundary('late', 'sub', { duration: 'PT1H' }),
      end(),
      end('e2'),
      flow('start -> sub -> end'),
      flow('late -> e2'),
    ),
  )
  engine.create('p')
  const job = engine.job('before')
  engine.advance(3_600_000)
  assert.equal(engine.finished.length, 1)
  assert.deepEqual(told(engine, 't').slice(-3), ['ELEMENT_TERMINATING', 'JOB CANCELED before', 'ELEMENT_TERMINATED'])
  assert.match(
    engine.refused({ type: 'CompleteJob', jobKey: job.key, variables: {} }).message,
    /no such job was found$/,
  )
})

test('what its element waits for opens after its start listeners, and is closed before its end listeners', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('work', 'work', both),
      messageBoundary('stop', 'work', 'STOP', '=1'),
      end(),
      end('e2'),
      flow('start -> work -> end'),
      flow('stop -> e2'),
    ),
  )
  engine.create('p')
  assert.equal([...engine.state.subscriptions.values()].length, 0)
  work(engine, 'before')
  assert.equal([...engine.state.subscriptions.values()].length, 1)
  work(engine, 'work')
  assert.equal([...engine.state.subscriptions.values()].length, 0)
  work(engine, 'after')
  assert.equal(engine.finished.length, 1)
})

const refused: [title: string, xml: string, problems: string][] = [
  [
    'a start listener of a start event',
    model('p', start('start', { startListeners: ['a'] }), end(), flow('start -> end')),
    "start\n    - ERROR: Execution listeners of type 'start' are not supported by start events",
  ],
  [
    'an end listener of a gateway',
    around(exclusive('x', undefined, { endListeners: ['a'] }), 'x'),
    "x\n    - ERROR: Execution listeners of type 'end' are not supported by gateway element",
  ],
  [
    'the same listener twice',
    around(task('t', { endListeners: ['a', 'a'] }), 't'),
    "t > extensionElements > executionListeners\n    - ERROR: Found '2' duplicates based on eventType[end] and type[a], these combinations should be unique.",
  ],
  [
    'a listener without type',
    around(task('t', { endListeners: [''] }), 't'),
    "t > extensionElements > executionListeners > executionListener\n    - ERROR: Attribute 'type' must be present and not empty",
  ],
]

for (const [title, content, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content })
    assert.equal(problems, `'x.bpmn': - Element: ${problem}\n`)
  })
}
