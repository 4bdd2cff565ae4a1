import assert from 'node:assert/strict'
import test from 'node:test'
import { keyBase } from '../key.ts'
import {
  end,
  flow,
  messageBoundary,
  messageCatch,
  messageStart,
  model,
  parallel,
  serviceTask,
  start,
  timerCatch,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'
import type { ZeebeRecord } from './record.ts'

const work = model('work', start(), serviceTask('job'), end(), flow('start -> job -> end'))

/** `ELEMENT_ACTIVATED job`, or `VARIABLE CREATED x` for another type; commands and refusals have a mark. */
function told({ valueType, intent, recordType, value }: ZeebeRecord): string {
  const { elementId, targetElementId, name, messageName } = value
  const of = elementId || targetElementId || name || messageName || ''
  const type = valueType === 'PROCESS_INSTANCE' ? '' : `${valueType} `
  const mark = { EVENT: '', COMMAND: '> ', COMMAND_REJECTION: '! ' }[recordType]
  return `${mark}${type}${intent} ${of}`.trim()
}

/** What was recorded since the last call. */
function since(engine: TestEngine): ZeebeRecord[] {
  return engine.records.splice(0)
}

test('the life of an instance is told in the real order, the client’s command first', async () => {
  const engine = await given(work)
  assert.deepEqual(since(engine).map(told), ['> DEPLOYMENT CREATE', 'PROCESS CREATED', 'DEPLOYMENT CREATED'])
  engine.create('work', { x: 1 })
  assert.deepEqual(since(engine).map(told), [
    '> PROCESS_INSTANCE_CREATION CREATE',
    'VARIABLE CREATED x',
    'PROCESS_INSTANCE_CREATION CREATED',
    'ELEMENT_ACTIVATING work',
    'ELEMENT_ACTIVATED work',
    'ELEMENT_ACTIVATING start',
    'ELEMENT_ACTIVATED start',
    'ELEMENT_COMPLETING start',
    'ELEMENT_COMPLETED start',
    'SEQUENCE_FLOW_TAKEN start_job',
    'ELEMENT_ACTIVATING job',
    'JOB CREATED job',
    'ELEMENT_ACTIVATED job',
  ])
  engine.complete(engine.job('job'), { y: 'z' })
  assert.deepEqual(since(engine).map(told), [
    '> JOB_BATCH ACTIVATE',
    'JOB_BATCH ACTIVATED',
    '> JOB COMPLETE',
    'JOB COMPLETED job',
    'PROCESS_EVENT TRIGGERING job',
    'ELEMENT_COMPLETING job',
    'PROCESS_EVENT TRIGGERED job',
    'VARIABLE CREATED y',
    'ELEMENT_COMPLETED job',
    'SEQUENCE_FLOW_TAKEN job_end',
    'ELEMENT_ACTIVATING end',
    'ELEMENT_ACTIVATED end',
    'ELEMENT_COMPLETING end',
    'ELEMENT_COMPLETED end',
    'ELEMENT_COMPLETING work',
    'ELEMENT_COMPLETED work',
  ])
})

test('positions follow one another, and each event names the command that it came of', async () => {
  const engine = await given(work)
  engine.create('work')
  engine.refused({ type: 'CancelProcessInstance', processInstanceKey: 7 })
  await engine.restart()
  engine.create('work')
  const records = [...engine.records, ...engine.followUps].sort((a, b) => a.position - b.position)
  assert.deepEqual(
    records.map(({ position }) => position),
    records.map((_, index) => index + 1),
  )
  for (const { recordType, position, sourceRecordPosition } of engine.records) {
    const command = engine.records.findLast((record) => record.recordType === 'COMMAND' && record.position <= position)
    assert.equal(sourceRecordPosition, recordType === 'COMMAND' ? -1 : command?.position)
  }
})

test('an element’s record has all fields of a process instance record', async () => {
  const engine = await given(work)
  const processInstanceKey = engine.create('work')
  const record = engine.records.find(({ intent, value }) => intent === 'ELEMENT_ACTIVATED' && value.elementId === 'job')
  const { key, position, sourceRecordPosition, ...rest } = record!
  assert.ok(key > processInstanceKey && position > sourceRecordPosition)
  assert.deepEqual(rest, {
    partitionId: 1,
    timestamp: engine.now,
    valueType: 'PROCESS_INSTANCE',
    brokerVersion: '8.6.0',
    recordVersion: 1,
    intent: 'ELEMENT_ACTIVATED',
    recordType: 'EVENT',
    rejectionType: 'NULL_VAL',
    rejectionReason: '',
    authorizations: {},
    operationReference: -1,
    value: {
      bpmnElementType: 'SERVICE_TASK',
      elementId: 'job',
      bpmnProcessId: 'work',
      version: 1,
      processDefinitionKey: keyBase + 2,
      processInstanceKey,
      flowScopeKey: processInstanceKey,
      bpmnEventType: 'UNSPECIFIED',
      parentProcessInstanceKey: -1,
      parentElementInstanceKey: -1,
      tenantId: '<default>',
    },
  })
})

test('a refused command is a command and its rejection, with the reason as the engine gives it', async () => {
  const engine = await given(work)
  since(engine)
  engine.refused({ type: 'CompleteJob', jobKey: 7, variables: { a: 1 }, operationReference: 42 })
  const [command, rejection] = since(engine)
  assert.deepEqual(rejection!.value, command!.value)
  assert.deepEqual([command!.recordType, rejection!.recordType], ['COMMAND', 'COMMAND_REJECTION'])
  assert.deepEqual([rejection!.valueType, rejection!.intent, rejection!.key], ['JOB', 'COMPLETE', 7])
  assert.equal(rejection!.rejectionType, 'NOT_FOUND')
  assert.equal(rejection!.rejectionReason, "Expected to complete job with key '7', but no such job was found")
  assert.deepEqual([command!.operationReference, rejection!.operationReference], [42, 42])
})

test('a variable keeps its key, and its value is a JSON text', async () => {
  const engine = await given(work)
  const processInstanceKey = engine.create('work', { x: { a: 1 } })
  for (const x of [2, 'three']) {
    engine.do({ type: 'SetVariables', elementInstanceKey: processInstanceKey, variables: { x }, local: false })
  }
  const told = since(engine).filter(({ valueType }) => valueType === 'VARIABLE')
  assert.deepEqual(
    told.map(({ intent, value }) => [intent, value.value]),
    [
      ['CREATED', '{"a":1}'],
      ['UPDATED', '2'],
      ['UPDATED', '"three"'],
    ],
  )
  assert.equal(new Set(told.map(({ key }) => key)).size, 1)
  const [{ value }] = told as [ZeebeRecord]
  assert.deepEqual(
    [value.scopeKey, value.processInstanceKey, value.processDefinitionKey, value.bpmnProcessId],
    [processInstanceKey, processInstanceKey, keyBase + 2, 'work'],
  )
})

test('an early token at a join is a rejected activation', async () => {
  const engine = await given(
    model(
      'joined',
      start(),
      parallel('fork'),
      serviceTask('a'),
      serviceTask('b'),
      parallel('join'),
      end(),
      flow('start -> fork -> a -> join -> end'),
      flow('fork -> b -> join'),
    ),
  )
  engine.create('joined')
  since(engine)
  engine.complete(engine.job('a'))
  const [rejection] = since(engine).filter(({ recordType }) => recordType === 'COMMAND_REJECTION')
  assert.equal(told(rejection!), '! ACTIVATE_ELEMENT join')
  assert.equal(rejection!.rejectionType, 'INVALID_STATE')
  assert.match(rejection!.rejectionReason, /^Expected to be able to activate parallel gateway 'join', but not all/)
  engine.complete(engine.job('b'))
  assert.deepEqual(
    since(engine).filter(({ recordType }) => recordType === 'COMMAND_REJECTION'),
    [],
  )
})

test('a subscription has two sides, each with a key of its own', async () => {
  const engine = await given(model('wait', start(), messageCatch('m', 'M', '="k"'), end(), flow('start -> m -> end')))
  const ofSubscriptions = () => since(engine).filter(({ valueType }) => /SUBSCRIPTION$/.test(valueType))
  engine.create('wait')
  const opened = ofSubscriptions()
  engine.publish('M', 'k', { got: true })
  const correlated = ofSubscriptions()
  assert.deepEqual([...opened, ...correlated].map(told), [
    'PROCESS_MESSAGE_SUBSCRIPTION CREATING m',
    'MESSAGE_SUBSCRIPTION CREATED M',
    'PROCESS_MESSAGE_SUBSCRIPTION CREATED m',
    'MESSAGE_SUBSCRIPTION CORRELATING M',
    'PROCESS_MESSAGE_SUBSCRIPTION CORRELATED m',
    'MESSAGE_SUBSCRIPTION CORRELATED M',
  ])
  const [instances, message] = ['PROCESS_MESSAGE_SUBSCRIPTION', 'MESSAGE_SUBSCRIPTION'].map(
    (type) => new Set([...opened, ...correlated].filter(({ valueType }) => valueType === type).map(({ key }) => key)),
  )
  assert.deepEqual([instances!.size, message!.size, new Set([...instances!, ...message!]).size], [1, 1, 2])
  assert.deepEqual(correlated.at(-1)!.value.variables, { got: true })
})

test('a buffered message correlates as its subscription opens; a subscription that goes is closed on both sides', async () => {
  const engine = await given(
    model(
      'busy',
      start(),
      serviceTask('job'),
      messageBoundary('m', 'job', 'M', '="k"', { interrupting: false }),
      end(),
      end('late'),
      flow('start -> job -> end'),
      flow('m -> late'),
    ),
  )
  engine.publish('M', 'k', {}, 60_000)
  since(engine)
  engine.create('busy')
  const ofSubscriptions = () =>
    since(engine)
      .filter(({ valueType }) => /SUBSCRIPTION$/.test(valueType))
      .map(told)
  assert.deepEqual(ofSubscriptions(), [
    'PROCESS_MESSAGE_SUBSCRIPTION CREATING m',
    'MESSAGE_SUBSCRIPTION CREATED M',
    'MESSAGE_SUBSCRIPTION CORRELATING M',
    'PROCESS_MESSAGE_SUBSCRIPTION CORRELATED m',
    'MESSAGE_SUBSCRIPTION CORRELATED M',
  ])
  engine.complete(engine.job('job'))
  assert.deepEqual(ofSubscriptions(), [
    'PROCESS_MESSAGE_SUBSCRIPTION DELETING m',
    'MESSAGE_SUBSCRIPTION DELETED M',
    'PROCESS_MESSAGE_SUBSCRIPTION DELETED m',
  ])
})

test('a message starts an instance: subscription, process event, and its variables at the start event', async () => {
  const engine = await given(model('born', messageStart('m', 'M'), serviceTask('job'), end(), flow('m -> job -> end')))
  assert.deepEqual(since(engine).map(told), [
    '> DEPLOYMENT CREATE',
    'PROCESS CREATED',
    'DEPLOYMENT CREATED',
    'MESSAGE_START_EVENT_SUBSCRIPTION CREATED M',
  ])
  engine.publish('M', 'k', { v: 1 })
  assert.deepEqual(since(engine).map(told).slice(0, 11), [
    '> MESSAGE PUBLISH M',
    'MESSAGE PUBLISHED M',
    'MESSAGE_START_EVENT_SUBSCRIPTION CORRELATED M',
    'PROCESS_EVENT TRIGGERING m',
    'MESSAGE EXPIRED M',
    'ELEMENT_ACTIVATING born',
    'ELEMENT_ACTIVATED born',
    'PROCESS_EVENT TRIGGERED m',
    'ELEMENT_ACTIVATING m',
    'ELEMENT_ACTIVATED m',
    'VARIABLE CREATED v',
  ])
})

test('a job that fails for good, its incident, and how an operator resolves it', async () => {
  const engine = await given(work)
  const processInstanceKey = engine.create('work')
  const { key: jobKey, elementInstanceKey } = engine.job('job')
  since(engine)
  engine.do({ type: 'FailJob', jobKey, retries: 0, errorMessage: 'no', retryBackOff: 0, variables: { why: 1 } })
  const failed = since(engine)
  assert.deepEqual(failed.map(told), ['> JOB FAIL', 'JOB FAILED job', 'VARIABLE CREATED why', 'INCIDENT CREATED job'])
  assert.deepEqual(
    [failed[1]!.value.retries, failed[1]!.value.errorMessage, failed[1]!.value.worker],
    [0, 'no', 'test'],
  )
  assert.deepEqual(failed[3]!.value, {
    errorType: 'JOB_NO_RETRIES',
    errorMessage: 'no',
    bpmnProcessId: 'work',
    processDefinitionKey: keyBase + 2,
    processInstanceKey,
    elementId: 'job',
    elementInstanceKey,
    jobKey,
    variableScopeKey: elementInstanceKey,
    elementInstancePath: [[processInstanceKey, elementInstanceKey]],
    processDefinitionPath: [keyBase + 2],
    callingElementPath: [],
    tenantId: '<default>',
  })
  engine.do({ type: 'UpdateJobRetries', jobKey, retries: 2 })
  engine.do({ type: 'UpdateJob', jobKey, retries: 3 })
  engine.do({ type: 'ResolveIncident', incidentKey: failed[3]!.key })
  assert.deepEqual(since(engine).map(told), [
    '> JOB UPDATE_RETRIES',
    'JOB RETRIES_UPDATED job',
    '> JOB UPDATE',
    'JOB UPDATED job',
    '> INCIDENT RESOLVE',
    'INCIDENT RESOLVED job',
  ])
})

test('an error that nobody catches names no catch event', async () => {
  const engine = await given(work)
  engine.create('work')
  const { key: jobKey } = engine.job('job')
  since(engine)
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'E', errorMessage: 'm', variables: {} })
  const [, thrown] = since(engine)
  assert.equal(told(thrown!), 'JOB ERROR_THROWN NO_CATCH_EVENT_FOUND')
})

test('the clock’s records come of its own command', async () => {
  const engine = await given(
    model('later', start(), timerCatch('t', { duration: 'PT1M' }), end(), flow('start -> t -> end')),
  )
  engine.create('later')
  const created = since(engine).find(({ valueType }) => valueType === 'TIMER')!
  assert.deepEqual(
    [created.intent, created.value.dueDate, created.value.repetitions],
    ['CREATED', engine.now + 60_000, 1],
  )
  engine.advance(60_000)
  const [triggered, triggering] = since(engine)
  assert.deepEqual([told(triggered!), told(triggering!)], ['TIMER TRIGGERED t', 'PROCESS_EVENT TRIGGERING t'])
  const command = engine.followUps.find(({ intent }) => intent === 'TRIGGER')!
  assert.deepEqual([command.key, command.sourceRecordPosition], [created.key, -1])
  assert.deepEqual([triggered!.key, triggered!.sourceRecordPosition], [created.key, command.position])
})

test('messages that expire are a batch, and each is told without what it was', async () => {
  const engine = await given(work)
  for (const name of ['first', 'second']) {
    engine.do({ type: 'PublishMessage', name, correlationKey: 'k', messageId: '', timeToLive: 60_000, variables: {} })
  }
  const published = since(engine).filter(({ intent }) => intent === 'PUBLISHED')
  const keys = published.map(({ key }) => key)
  engine.advance(60_000)
  const batch = engine.followUps.find(({ valueType }) => valueType === 'MESSAGE_BATCH')!
  assert.deepEqual([batch.intent, batch.key, batch.value], ['EXPIRE', -1, { messageKeys: keys }])
  const expired = since(engine)
  assert.deepEqual(
    expired.map(({ key, intent, value, sourceRecordPosition }) => [key, intent, value.name, sourceRecordPosition]),
    keys.map((key) => [key, 'EXPIRED', '', batch.position]),
  )
})

test('a batch holds its jobs with the variables that the worker gets; a poll that finds none leaves no record', async () => {
  const engine = await given(work)
  engine.create('work', { n: 1 })
  since(engine)
  const job = engine.job('job')
  const [, activated] = since(engine)
  assert.deepEqual(activated!.value.jobKeys, [job.key])
  const [told] = activated!.value.jobs as Record<string, unknown>[]
  assert.deepEqual([told!.variables, told!.deadline, told!.worker], [{ n: 1 }, job.deadline, 'test'])
  engine.jobs('job')
  assert.deepEqual(since(engine), [])
})
