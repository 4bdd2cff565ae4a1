import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  end,
  eventBased,
  eventSubProcess,
  flow,
  messageBegin,
  messageCatch,
  model,
  parallel,
  serviceTask,
  start,
  subProcess,
  timerBoundary,
  timerCatch,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const process = model(
  'p',
  start(),
  serviceTask('first'),
  subProcess('sub', {}, start('s'), serviceTask('inner'), serviceTask('beside'), end('e'), flow('s -> inner -> e')),
  timerBoundary('late', 'sub', { duration: 'PT1H' }),
  eventSubProcess(
    'asked',
    {},
    messageBegin('ask', 'ask', '=key', { interrupting: false }),
    end('ea'),
    flow('ask -> ea'),
  ),
  serviceTask('last'),
  end(),
  end('tooLate'),
  flow('start -> first -> sub -> last -> end'),
  flow('late -> tooLate'),
)

const startAt = (ids: string[], variables = {}) => ({
  type: 'CreateProcessInstance' as const,
  bpmnProcessId: 'p',
  variables,
  startInstructions: ids.map((elementId) => ({ elementId })),
})

const refusal = async (content: string, ids: string[], variables = {}) => {
  const engine = await given(content)
  const { code, message } = engine.refused(startAt(ids, variables))
  assert.equal(code, 'INVALID_ARGUMENT')
  assert.deepEqual(engine.running(), [])
  return message.replace("Command 'CREATE' rejected with code 'INVALID_ARGUMENT': ", '')
}

test('an instance begins in several branches at once, inside of one instance of their subprocess', async () => {
  const engine = await given(process)
  engine.do(startAt(['inner', 'beside', 'first'], { key: 'k' }))
  assert.deepEqual(engine.running().sort(), ['beside', 'first', 'inner', 'sub'])
  await engine.restart()
  engine.complete(engine.job('beside'))
  assert.equal(engine.running().includes('sub'), true)
  engine.complete(engine.job('inner'))
  assert.deepEqual(engine.running().sort(), ['first', 'last'])
})

test('what the scopes around wait for opens: event subprocesses and boundary events', async () => {
  const engine = await given(process)
  engine.do(startAt(['inner'], { key: 'k' }))
  engine.publish('ask', 'k')
  assert.equal(engine.lived('asked').at(-1), 'asked COMPLETED')
  engine.advance(3_600_000)
  assert.equal(engine.lived('tooLate').at(-1), 'tooLate COMPLETED')
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('the scopes are told before the creation, the element after it', async () => {
  const engine = await given(process)
  engine.records.length = 0
  engine.do(startAt(['inner'], { key: 'k' }))
  const told = engine.records.map(({ valueType, intent, value }) => `${intent} ${value.elementId ?? valueType}`)
  assert.deepEqual(told.slice(0, 11), [
    'CREATE PROCESS_INSTANCE_CREATION',
    'CREATED VARIABLE',
    'ELEMENT_ACTIVATING p',
    'ELEMENT_ACTIVATED p',
    'CREATING ask',
    'ELEMENT_ACTIVATING sub',
    'ELEMENT_ACTIVATED sub',
    'CREATED TIMER',
    'CREATED PROCESS_INSTANCE_CREATION',
    'ELEMENT_ACTIVATING inner',
    'CREATED inner',
  ])
})

test('a join that is started at needs no tokens', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      serviceTask('a'),
      serviceTask('b'),
      parallel('join'),
      end(),
      flow('start -> fork -> a -> join'),
      flow('fork -> b -> join -> end'),
    ),
  )
  engine.do(startAt(['join']))
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('what cannot be started at is refused in the real words', async () => {
  const to = 'Expected to create instance of process with start instructions but'
  assert.equal(await refusal(process, ['last', 'nobody']), `${to} no element found with id 'nobody'.`)
  for (const [id, type] of [
    ['start', 'START_EVENT'],
    ['late', 'BOUNDARY_EVENT'],
    ['start_first', 'SEQUENCE_FLOW'],
  ] as const) {
    const message = await refusal(process, [id])
    assert.ok(
      message.startsWith(`${to} the element with id '${id}' targets unsupported element type '${type}'. Supported`),
    )
  }
  const many = model(
    'p',
    start(),
    subProcess('each', { multi: { in: '=[1]' } }, start('s'), serviceTask('inner'), flow('s -> inner')),
    flow('start -> each'),
  )
  assert.equal(
    await refusal(many, ['inner']),
    `${to} the element with id 'inner' is inside a multi-instance subprocess. The creation of elements inside a multi-instance subprocess is not supported.`,
  )
  const gateway = model(
    'p',
    start(),
    eventBased('g'),
    timerCatch('wait', { duration: 'PT1S' }),
    messageCatch('come', 'm', '="k"'),
    flow('start -> g -> wait'),
    flow('g -> come'),
  )
  assert.equal(
    await refusal(gateway, ['wait']),
    `${to} the element with id 'wait' belongs to an event-based gateway. The creation of elements belonging to an event-based gateway is not supported.`,
  )
})

test('where a scope cannot open what it waits for, nothing begins', async () => {
  assert.match(
    await refusal(process, ['inner']),
    /^Expected to subscribe to catch event\(s\) of 'p' but Failed to extract the correlation key for 'key': The value must be either a string or a number, but was 'NULL'\./,
  )
})

test('a multi-instance activity is started at as a whole', async () => {
  const engine = await given(
    model('p', start(), serviceTask('many', 'many', { multi: { in: '=[1,2]' } }), flow('start -> many')),
  )
  engine.do(startAt(['many']))
  assert.equal(engine.jobs('many').length, 2)
})
