import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  end,
  errorBegin,
  errorEnd,
  eventSubProcess,
  flow,
  messageBegin,
  model,
  serviceTask,
  start,
  subProcess,
  timerBegin,
  timerBoundary,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const working = [start(), serviceTask('work'), end(), flow('start -> work -> end')]

const whenHeard = (options: { interrupting?: boolean; outputs?: Record<string, string> } = {}) =>
  eventSubProcess(
    'heard',
    {},
    messageBegin('hear', 'stop', '=key', options),
    serviceTask('react'),
    end('reacted'),
    flow('hear -> react -> reacted'),
  )

test('an interrupting event subprocess ends what runs in the process, and the process ends with it', async () => {
  const engine = await given(model('p', ...working, whenHeard()))
  engine.create('p', { key: 'a' })
  engine.publish('stop', 'a', { why: 'enough' })
  assert.deepEqual(engine.running(), ['heard', 'react'])
  assert.deepEqual(engine.lived('work'), ['work ACTIVATING', 'work ACTIVATED', 'work TERMINATING', 'work TERMINATED'])
  const job = engine.job('react')
  assert.equal(job.variables.why, 'enough')
  engine.complete(job)
  assert.deepEqual(
    engine.finished.map(({ outcome }) => outcome),
    ['completed'],
  )
})

test('a non-interrupting one runs beside the process, as often as its message comes', async () => {
  const engine = await given(model('p', ...working, whenHeard({ interrupting: false })))
  engine.create('p', { key: 'a' })
  engine.publish('stop', 'a')
  engine.publish('stop', 'a')
  assert.deepEqual(engine.running().sort(), ['heard', 'heard', 'react', 'react', 'work'])
  engine.complete(engine.job('work'))
  for (const job of engine.jobs('react')) {
    assert.deepEqual(engine.finished, [])
    engine.complete(job)
  }
  assert.equal(engine.finished.length, 1)
})

test('after an interrupting one began, no other begins and the message finds nobody', async () => {
  const timed = eventSubProcess('late', {}, timerBegin('tick', { duration: 'PT1H' }), end('l'), flow('tick -> l'))
  const engine = await given(model('p', ...working, whenHeard(), timed))
  engine.create('p', { key: 'a' })
  engine.publish('stop', 'a')
  engine.publish('stop', 'a')
  engine.advance(3_600_000)
  assert.deepEqual(engine.running(), ['heard', 'react'])
  assert.equal(engine.events.filter(({ type }) => type === 'TIMER_CANCELED').length, 1)
})

test('output mappings of its start event decide what goes up of what the message brought', async () => {
  const engine = await given(model('p', ...working, whenHeard({ outputs: { said: '=why' } })))
  const instance = engine.create('p', { key: 'a' })
  engine.publish('stop', 'a', { why: 'enough', other: 1 })
  assert.deepEqual(engine.variables('heard'), {})
  assert.deepEqual(engine.variables(instance), { key: 'a', said: 'enough' })
})

test('an error is caught by an event subprocess before the boundary events around it', async () => {
  const caught = eventSubProcess('caught', {}, errorBegin('e', 'no'), end('mended'), flow('e -> mended'))
  const inner = [start('s'), serviceTask('work'), errorEnd('fail', 'no'), flow('s -> work -> fail'), caught]
  const engine = await given(model('p', start(), subProcess('sub', {}, ...inner), end(), flow('start -> sub -> end')))
  engine.create('p')
  engine.complete(engine.job('work'))
  assert.deepEqual(engine.lived('sub').at(-1), 'sub COMPLETED')
  assert.deepEqual(engine.lived('mended').at(-1), 'mended COMPLETED')
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

test('a boundary event ends a subprocess that its event subprocess has taken over', async () => {
  const inner = [...working.slice(0, 2), end('e'), flow('start -> work -> e'), whenHeard()]
  const engine = await given(
    model(
      'p',
      start('begin'),
      subProcess('sub', {}, ...inner),
      timerBoundary('late', 'sub', { duration: 'PT1H' }),
      end(),
      end('other'),
      flow('begin -> sub -> end'),
      flow('late -> other'),
    ),
  )
  engine.create('p', { key: 'a' })
  engine.publish('stop', 'a')
  engine.advance(3_600_000)
  assert.deepEqual(engine.lived('react').at(-1), 'react TERMINATED')
  assert.deepEqual(engine.lived('other').at(-1), 'other COMPLETED')
})

test('it goes on after a restart', async () => {
  const engine = await given(model('p', ...working, whenHeard()))
  engine.create('p', { key: 'a' })
  engine.publish('stop', 'a', { why: 'enough' })
  await engine.restart()
  engine.complete(engine.job('react'))
  assert.equal(engine.finished[0]?.outcome, 'completed')
})
