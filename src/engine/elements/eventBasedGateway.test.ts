import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  end,
  eventBased,
  flow,
  messageCatch,
  model,
  type Part,
  receiveTask,
  start,
  timerCatch,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const race = (options: { outputs?: Record<string, string> } = {}) =>
  model(
    'race',
    start(),
    eventBased('g'),
    messageCatch('paid', 'PAID', '=order', options),
    timerCatch('late', { duration: 'PT1H' }),
    end('shipped'),
    end('dropped'),
    flow('start -> g -> paid -> shipped'),
    flow('g -> late -> dropped'),
  )

test('the first event decides: its catch event goes on without its flow being taken, the others are closed', async () => {
  const engine = await given(race())
  const key = engine.create('race', { order: '7' })
  assert.deepEqual(engine.running(), ['g'])
  await engine.restart()
  engine.publish('PAID', '7', { amount: 3 })
  assert.deepEqual(engine.finished.at(-1)?.variables, { order: '7', amount: 3 })
  const lines = engine.records
    .filter(({ value }) => value.processInstanceKey === key)
    .map(({ valueType, intent, value }) => `${valueType} ${intent} ${value.elementId ?? value.targetElementId ?? ''}`)
  const from = lines.indexOf('PROCESS_MESSAGE_SUBSCRIPTION CORRELATED paid')
  assert.deepEqual(lines.slice(from, from + 14), [
    'PROCESS_MESSAGE_SUBSCRIPTION CORRELATED paid',
    'PROCESS_EVENT TRIGGERING paid',
    'PROCESS_INSTANCE ELEMENT_COMPLETING g',
    'TIMER CANCELED late',
    'PROCESS_INSTANCE ELEMENT_COMPLETED g',
    'PROCESS_EVENT TRIGGERED paid',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING paid',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED paid',
    'VARIABLE CREATED ',
    'PROCESS_INSTANCE ELEMENT_COMPLETING paid',
    'VARIABLE CREATED ',
    'PROCESS_INSTANCE ELEMENT_COMPLETED paid',
    'PROCESS_INSTANCE SEQUENCE_FLOW_TAKEN paid_shipped',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING shipped',
  ])
  engine.advance(3_600_000)
  assert.deepEqual(engine.lived('dropped'), [])
})

test('a timer that comes first closes the message subscription', async () => {
  const engine = await given(race())
  engine.create('race', { order: '7' })
  engine.advance(3_600_000)
  assert.equal(engine.lived('dropped').at(-1), 'dropped COMPLETED')
  assert.equal([...engine.state.subscriptions.values()].length, 0)
})

test('of two timers that are due together one fires', async () => {
  const [first, second] = [timerCatch('a', { duration: 'PT2S' }), timerCatch('b', { duration: 'PT2S' })]
  const flows = [flow('start -> g -> a -> endA'), flow('g -> b -> endB')]
  const engine = await given(model('p', start(), eventBased('g'), first, second, end('endA'), end('endB'), ...flows))
  engine.create('p')
  engine.advance(2_000)
  assert.equal(engine.events.filter(({ type }) => type === 'TIMER_TRIGGERED').length, 1)
  assert.equal(engine.events.filter(({ type }) => type === 'TIMER_CANCELED').length, 1)
  assert.equal(engine.finished.length, 1)
})

test('output mappings of the catch event decide what goes up', async () => {
  const engine = await given(race({ outputs: { sum: '=amount' } }))
  engine.create('race', { order: '7' })
  engine.publish('PAID', '7', { amount: 3 })
  assert.deepEqual(engine.finished.at(-1)?.variables, { order: '7', sum: 3 })
})

test('a gateway that is cancelled closes what it waited for', async () => {
  const engine = await given(race())
  const processInstanceKey = engine.create('race', { order: '7' })
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.equal([...engine.state.timers.values(), ...engine.state.subscriptions.values()].length, 0)
})

test('what one of its events waits for cannot be evaluated: the gateway has the incident, and nothing is open', async () => {
  const engine = await given(race())
  engine.create('race')
  const { elementId, type } = engine.incident()
  assert.deepEqual([elementId, type], ['g', 'EXTRACT_VALUE_ERROR'])
  assert.equal([...engine.state.timers.values()].length, 0)
})

const problemsOf = async (...parts: Part[]) => {
  const content = model('p', start(), eventBased('g'), end(), flow('start -> g'), ...parts)
  return (await compileResource({ name: 'p.bpmn', content })).problems
}

test('at deployment: two events at least, only events, no two of one message, nothing else leads to them', async () => {
  const element = "'p.bpmn': - Element: g\n    - ERROR: "
  const paid = [messageCatch('paid', 'PAID', '=k'), flow('g -> paid -> end')]
  assert.equal(
    await problemsOf(...paid),
    `${element}Event-based gateway must have at least 2 outgoing sequence flows.\n`,
  )
  assert.equal(
    await problemsOf(...paid, receiveTask('r', 'R', '=k'), flow('g -> r -> end')),
    `${element}Event-based gateway must not have an outgoing sequence flow to other elements than message/timer/signal intermediate catch events.\n`,
  )
  assert.equal(
    await problemsOf(...paid, messageCatch('again', 'PAID', '=k'), flow('g -> again -> end')),
    `${element}Multiple message event definitions with the same name 'PAID' are not allowed.\n`,
  )
  assert.equal(
    await problemsOf(...paid, timerCatch('t', { duration: 'PT1S' }), flow('g -> t -> end'), flow('paid -> t')),
    `${element}Target elements of an event gateway must not have any additional incoming sequence flows other than that from the event gateway.\n`,
  )
})
