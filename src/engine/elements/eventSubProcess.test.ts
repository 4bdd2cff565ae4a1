import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  end,
  errorBegin,
  errorEnd,
  eventSubProcess,
  flow,
  messageBegin,
  model,
  type Part,
  serviceTask,
  start,
  subProcess,
  type TimerOf,
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

test('a timer begins one: by a cycle again and again where it does not interrupt, once where it does', async () => {
  const timed = (options: { interrupting?: boolean }, timer: TimerOf) =>
    eventSubProcess(
      'timed',
      {},
      timerBegin('tick', timer, options),
      serviceTask('react'),
      end('r'),
      flow('tick -> react -> r'),
    )
  const engine = await given(
    model('p', ...working, timed({ interrupting: false }, { cycle: 'R2/PT1M' })),
    model('q', ...working, timed({}, { duration: 'PT1H' })),
  )
  engine.create('p')
  for (let minute = 1; minute <= 3; minute += 1) {
    engine.advance(60_000)
    await engine.restart()
  }
  assert.deepEqual(engine.running().sort(), ['react', 'react', 'timed', 'timed', 'work'])
  for (const job of [...engine.jobs('react'), engine.job('work')]) engine.complete(job)
  assert.equal(engine.finished.length, 1)
  engine.create('q')
  engine.advance(3_600_000)
  assert.deepEqual(engine.running(), ['timed', 'react'])
})

test('at deployment: one event begins it, a cycle does not interrupt, and no two begin by the same message', async () => {
  const problemsOf = async (...parts: Part[]) => {
    const content = model('p', ...working, ...parts)
    return (await compileResource({ name: 'p.bpmn', content })).problems
  }
  const sub = (id: string, begin: Part) =>
    eventSubProcess(id, {}, begin, end(`end-${id}`), flow(`b-${id} -> end-${id}`))
  assert.equal(
    await problemsOf(sub('s', timerBegin('b-s', { cycle: 'R/PT1S' }))),
    "'p.bpmn': - Element: s\n    - ERROR: Interrupting timer event with time cycle is not allowed.\n",
  )
  assert.equal(
    await problemsOf(sub('s', start('b-s'))),
    "'p.bpmn': - Element: s\n    - ERROR: Start events in event subprocesses must be one of: message, timer, error, signal or escalation\n",
  )
  assert.equal(
    await problemsOf(sub('s', messageBegin('b-s', 'M', '=k')), sub('t', messageBegin('b-t', 'M', '=k'))),
    "'p.bpmn': - Element: p\n    - ERROR: Multiple message event definitions with the same name 'M' are not allowed.\n",
  )
})
