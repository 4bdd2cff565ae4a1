import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  callActivity,
  end,
  flow,
  messageCatch,
  model,
  parallel,
  serviceTask,
  signalThrow,
  start,
  subProcess,
  task,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'
import type { ZeebeRecord } from './record.ts'

/** All records since the last time: `COMMAND PROCESS_INSTANCE ACTIVATE_ELEMENT start`. */
function since(engine: TestEngine, from = 0): string[] {
  return [...engine.records, ...engine.followUps]
    .filter(({ position }) => position > from)
    .sort((a, b) => a.position - b.position)
    .map(told)
}

function told({ recordType, valueType, intent, value }: ZeebeRecord): string {
  const name = value.elementId || value.messageName || value.signalName || value.bpmnProcessId || ''
  return `${recordType} ${valueType} ${intent} ${name}`.trim()
}

test('what the engine asks itself to do is told when it is asked, before what comes of it', async () => {
  const engine = await given(model('p', start(), task('t'), end(), flow('start -> t -> end')))
  const from = engine.state.position
  engine.create('p')
  assert.deepEqual(since(engine, from).slice(0, 11), [
    'COMMAND PROCESS_INSTANCE_CREATION CREATE p',
    'EVENT PROCESS_INSTANCE_CREATION CREATED p',
    'COMMAND PROCESS_INSTANCE ACTIVATE_ELEMENT p',
    'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATING p',
    'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATED p',
    'COMMAND PROCESS_INSTANCE ACTIVATE_ELEMENT start',
    'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATING start',
    'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATED start',
    'COMMAND PROCESS_INSTANCE COMPLETE_ELEMENT start',
    'EVENT PROCESS_INSTANCE ELEMENT_COMPLETING start',
    'EVENT PROCESS_INSTANCE ELEMENT_COMPLETED start',
  ])
  const [activate] = engine.followUps.filter(({ value }) => value.elementId === 't')
  const activating = engine.records.find(({ value }) => value.elementId === 't')!
  assert.deepEqual([activate!.key, activate!.value], [activating.key, activating.value])
})

test('a batch ends what runs in a scope', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), serviceTask('work'), end('e'), flow('s -> work -> e')),
      end(),
      flow('start -> sub -> end'),
    ),
  )
  const processInstanceKey = engine.create('p')
  const from = engine.state.position
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(
    since(engine, from).filter((line) => /COMMAND|TERMINAT/.test(line)),
    [
      'COMMAND PROCESS_INSTANCE CANCEL',
      'COMMAND PROCESS_INSTANCE TERMINATE_ELEMENT p',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATING p',
      'COMMAND PROCESS_INSTANCE_BATCH TERMINATE',
      'COMMAND PROCESS_INSTANCE TERMINATE_ELEMENT sub',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATING sub',
      'COMMAND PROCESS_INSTANCE_BATCH TERMINATE',
      'COMMAND PROCESS_INSTANCE TERMINATE_ELEMENT work',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATING work',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATED work',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATED sub',
      'EVENT PROCESS_INSTANCE ELEMENT_TERMINATED p',
    ],
  )
  const batch = engine.followUps.find(({ valueType }) => valueType === 'PROCESS_INSTANCE_BATCH')!
  const { processInstanceKey: of, batchElementInstanceKey, index } = batch.value
  assert.deepEqual([of, batchElementInstanceKey, index], [processInstanceKey, processInstanceKey, -1])
})

test('a batch begins the instances of a parallel multi-instance', async () => {
  const engine = await given(
    model('p', start(), task('t', { multi: { in: '=[1, 2, 3]', as: 'n' } }), end(), flow('start -> t -> end')),
  )
  engine.create('p')
  const [batch, ...others] = engine.followUps.filter(({ valueType }) => valueType === 'PROCESS_INSTANCE_BATCH')
  assert.deepEqual([batch!.intent, batch!.value.index, others.length], ['ACTIVATE', 3, 0])
  const activations = engine.followUps.filter(
    ({ intent, value }) => intent === 'ACTIVATE_ELEMENT' && value.elementId === 't',
  )
  assert.deepEqual(
    activations.map(({ value }) => value.bpmnElementType),
    ['MULTI_INSTANCE_BODY', 'TASK', 'TASK', 'TASK'],
  )
})

test('subscriptions of parallel branches are sent together, when all else of the command is done, the last branch first', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      messageCatch('a', 'A', '="k"'),
      messageCatch('b', 'B', '="k"'),
      end(),
      end('other'),
      flow('start -> fork -> a -> end'),
      flow('fork -> b -> other'),
    ),
  )
  engine.create('p')
  assert.deepEqual(
    since(engine).filter((line) => /SUBSCRIPTION|ELEMENT_ACTIVATED [ab]/.test(line)),
    [
      'EVENT PROCESS_MESSAGE_SUBSCRIPTION CREATING b',
      'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATED b',
      'EVENT PROCESS_MESSAGE_SUBSCRIPTION CREATING a',
      'EVENT PROCESS_INSTANCE ELEMENT_ACTIVATED a',
      'COMMAND MESSAGE_SUBSCRIPTION CREATE B',
      'COMMAND MESSAGE_SUBSCRIPTION CREATE A',
      'EVENT MESSAGE_SUBSCRIPTION CREATED B',
      'COMMAND PROCESS_MESSAGE_SUBSCRIPTION CREATE b',
      'EVENT MESSAGE_SUBSCRIPTION CREATED A',
      'COMMAND PROCESS_MESSAGE_SUBSCRIPTION CREATE a',
      'EVENT PROCESS_MESSAGE_SUBSCRIPTION CREATED b',
      'EVENT PROCESS_MESSAGE_SUBSCRIPTION CREATED a',
    ],
  )
})

test('what is sent comes of nothing, and what comes of it names it', async () => {
  const engine = await given(model('p', start(), messageCatch('a', 'A', '="k"'), end(), flow('start -> a -> end')))
  engine.create('p')
  const sent = engine.followUps.find(({ valueType }) => valueType === 'MESSAGE_SUBSCRIPTION')!
  const created = engine.records.find(({ valueType }) => valueType === 'MESSAGE_SUBSCRIPTION')!
  assert.deepEqual([sent.key, sent.sourceRecordPosition, created.sourceRecordPosition], [-1, -1, sent.position])
})

test('a called process and a signal are asked for as well', async () => {
  const engine = await given(
    model('child', start(), signalThrow('tell', 'ALARM'), end(), flow('start -> tell -> end')),
    model('p', start(), callActivity('call', 'child'), end(), flow('start -> call -> end')),
  )
  engine.create('p')
  const asked = engine.followUps.map(told)
  assert.ok(asked.includes('COMMAND PROCESS_INSTANCE ACTIVATE_ELEMENT child'))
  assert.ok(asked.includes('COMMAND SIGNAL BROADCAST ALARM'))
})
