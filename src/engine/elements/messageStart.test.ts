import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  element,
  end,
  eventSubProcess,
  flow,
  messageBegin,
  messageCatch,
  messageStart,
  model,
  serviceTask,
  start,
} from '../testing/bpmn.ts'
import { deploy, given, type TestEngine } from '../testing/engine.ts'

const started = (message = 'BEGIN') =>
  model('p', messageStart('begin', message), serviceTask('job'), end(), flow('begin -> job -> end'))

const minute = 60_000

const valuesOf = (engine: TestEngine) => engine.jobs('job').map((job) => job.variables.v)

test('an instance that ends makes room for the next message of its key, be it completed or cancelled', async () => {
  const engine = await given(started())
  for (const v of [1, 2, 3, 4]) engine.publish('BEGIN', 'k', { v }, minute)
  const first = engine.job('job')
  engine.complete(first)
  await engine.restart()
  const second = engine.job('job')
  assert.equal(second.variables.v, 2)
  engine.do({ type: 'CancelProcessInstance', processInstanceKey: second.processInstanceKey })
  assert.deepEqual(valuesOf(engine), [3])
})

test('the next one starts right after the end of the one before', async () => {
  const engine = await given(started())
  for (const v of [1, 2]) engine.publish('BEGIN', 'k', { v }, minute)
  const job = engine.job('job')
  engine.records.length = 0
  engine.complete(job)
  const lines = engine.records.map(({ valueType, intent, value }) => `${valueType} ${intent} ${value.elementId ?? ''}`)
  const at = lines.indexOf('PROCESS_INSTANCE ELEMENT_COMPLETED p')
  assert.deepEqual(lines.slice(at, at + 5), [
    'PROCESS_INSTANCE ELEMENT_COMPLETED p',
    'MESSAGE_START_EVENT_SUBSCRIPTION CORRELATED ',
    'PROCESS_EVENT TRIGGERING ',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING p',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED p',
  ])
})

test('a message that is past its time to live starts nothing', async () => {
  const engine = await given(started())
  engine.publish('BEGIN', 'k', { v: 1 }, minute)
  engine.publish('BEGIN', 'k', { v: 2 }, 1_000)
  engine.publish('BEGIN', 'k', { v: 3 }, minute)
  const job = engine.job('job')
  engine.now += 1_000
  engine.complete(job)
  assert.deepEqual(valuesOf(engine), [3])
})

test('a key is one across versions: the next message starts the latest', async () => {
  const engine = await given(started())
  engine.publish('BEGIN', 'k', { v: 1 }, minute)
  const job = engine.job('job')
  await deploy(engine, started().replace('id="end"', 'id="done"').replaceAll('"end"', '"done"'))
  engine.publish('BEGIN', 'k', { v: 2 }, minute)
  assert.deepEqual(valuesOf(engine), [])
  engine.complete(job)
  assert.equal(engine.job('job').processDefinitionVersion, 2)
})

test('of several start events one instance a key runs, and the message that came first starts the next', async () => {
  const engine = await given(
    model('p', messageStart('a', 'A'), messageStart('b', 'B'), serviceTask('job'), flow('a -> job'), flow('b -> job')),
  )
  engine.publish('A', 'k', { v: 1 }, minute)
  engine.publish('B', 'k', { v: 2 }, minute)
  engine.publish('A', 'k', { v: 3 }, minute)
  const first = engine.job('job')
  assert.deepEqual(valuesOf(engine), [])
  engine.complete(first)
  const second = engine.job('job')
  assert.equal(second.variables.v, 2)
  engine.complete(second)
  assert.deepEqual(valuesOf(engine), [3])
})

test('the message that started an instance is not taken by it again, and one that it takes starts no other', async () => {
  const again = messageCatch('again', 'BEGIN', '=key')
  const engine = await given(model('p', messageStart('begin', 'BEGIN'), again, end(), flow('begin -> again -> end')))
  engine.publish('BEGIN', 'k', { key: 'k', v: 1 }, minute)
  assert.deepEqual(engine.running(), ['again'])
  engine.publish('BEGIN', 'k', { v: 2 }, minute)
  assert.deepEqual(
    engine.finished.map(({ variables }) => variables.v),
    [2],
  )
  assert.deepEqual(engine.running(), [])
})

test('a deployment looks at no message that came before it', async () => {
  const engine = await given(started('OTHER'))
  engine.publish('BEGIN', 'k', { v: 1 }, minute)
  await deploy(engine, started())
  assert.deepEqual(valuesOf(engine), [])
})

test('an event subprocess takes messages that were there before: one where it interrupts, each in turn where it does not', async () => {
  const heard = (options: { interrupting?: boolean }) =>
    eventSubProcess(
      'heard',
      {},
      messageBegin('hear', 'SAID', '=key', options),
      serviceTask('job'),
      end('e'),
      flow('hear -> job -> e'),
    )
  const work = [start(), serviceTask('work'), end(), flow('start -> work -> end')]
  const engine = await given(model('once', ...work, heard({})), model('each', ...work, heard({ interrupting: false })))
  for (const v of [1, 2, 3]) engine.publish('SAID', 'k', { v }, minute)
  engine.create('once', { key: 'k' })
  assert.deepEqual(engine.running(), ['heard', 'job'])
  assert.deepEqual(valuesOf(engine), [1])
  await engine.restart()
  const key = engine.create('each', { key: 'k' })
  assert.equal(engine.jobs('job').length, 3)
  assert.equal(engine.variables(key).v, 3)
  assert.equal(engine.lived('work').at(-1), 'work ACTIVATED')
})

test('at deployment: a message starts at most one process, by a constant name', async () => {
  const problemsOf = async (content: string) => (await compileResource({ name: 'p.bpmn', content })).problems
  const problem = (at: string, what: string) => `'p.bpmn': - Element: ${at}\n    - ERROR: ${what}\n`
  assert.equal(
    await problemsOf(started('=name')),
    problem('begin', "Expected constant expression of type String for message name '=name', but was NULL"),
  )
  const second = element('startEvent', 'other', '', '<bpmn:messageEventDefinition messageRef="message-begin" />')
  assert.equal(
    await problemsOf(model('p', messageStart('begin', 'BEGIN'), { inside: second }, end(), flow('begin -> end'))),
    problem('message-begin', 'A message cannot be referred by more than one start event'),
  )
})
