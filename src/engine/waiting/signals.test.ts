import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  end,
  eventBased,
  eventSubProcess,
  flow,
  messageCatch,
  model,
  type Part,
  parallel,
  serviceTask,
  signalBegin,
  signalBoundary,
  signalCatch,
  signalEnd,
  signalStart,
  signalThrow,
  start,
  timerCatch,
} from '../testing/bpmn.ts'
import { deploy, given, type TestEngine } from '../testing/engine.ts'

const waiting = model('waiting', start(), signalCatch('heard', 'ALARM'), end(), flow('start -> heard -> end'))

const tell = (engine: TestEngine, signalName: string, variables = {}) =>
  engine.do({ type: 'BroadcastSignal', signalName, variables })

const recordsOf = ({ records }: TestEngine, ...types: string[]) =>
  records
    .filter(({ valueType }) => types.length === 0 || types.includes(valueType))
    .map(({ valueType, intent, value }) => {
      const name =
        value.elementId ?? value.targetElementId ?? value.catchEventId ?? value.signalName ?? value.name ?? ''
      return `${valueType} ${intent} ${name}`.trim()
    })

test('a signal goes to all that wait for it, and is not kept for who comes later', async () => {
  const engine = await given(waiting)
  engine.create('waiting', { n: 1 })
  engine.create('waiting', { n: 2 })
  tell(engine, 'OTHER')
  await engine.restart()
  assert.equal(engine.finished.length, 0)
  const { response } = tell(engine, 'ALARM', { where: 'here' })
  assert.deepEqual(
    engine.finished.map(({ variables }) => variables),
    [
      { n: 1, where: 'here' },
      { n: 2, where: 'here' },
    ],
  )
  assert.ok(response.type === 'BroadcastSignal')
  assert.equal(response.key, engine.records.findLast(({ intent }) => intent === 'BROADCASTED')?.key)
  assert.equal([...engine.state.signalSubscriptions.values()].length, 0)
  engine.create('waiting')
  assert.deepEqual(engine.running(), ['heard'])
})

test('the records of a signal that is caught', async () => {
  const engine = await given(waiting)
  engine.create('waiting')
  const subscription = engine.records.find(({ valueType }) => valueType === 'SIGNAL_SUBSCRIPTION')!
  assert.deepEqual(subscription.value, {
    processDefinitionKey: [...engine.state.processes.values()][0]!.key,
    bpmnProcessId: 'waiting',
    signalName: 'ALARM',
    catchEventId: 'heard',
    catchEventInstanceKey: [...engine.state.elements.values()].at(-1)!.key,
    tenantId: '<default>',
  })
  engine.records.length = 0
  tell(engine, 'ALARM', { where: 'here' })
  const [command, broadcasted] = engine.records
  assert.equal(command!.key, -1)
  assert.deepEqual(broadcasted!.value, { signalName: 'ALARM', variables: { where: 'here' }, tenantId: '<default>' })
  assert.deepEqual(recordsOf(engine).slice(0, 8), [
    'SIGNAL BROADCAST ALARM',
    'SIGNAL BROADCASTED ALARM',
    'PROCESS_EVENT TRIGGERING heard',
    'PROCESS_INSTANCE ELEMENT_COMPLETING heard',
    'PROCESS_EVENT TRIGGERED heard',
    'VARIABLE CREATED where',
    'SIGNAL_SUBSCRIPTION DELETED heard',
    'PROCESS_INSTANCE ELEMENT_COMPLETED heard',
  ])
})

test('a signal starts an instance of each process that it starts, of the latest version', async () => {
  const started = (id: string, name: string) =>
    model(id, signalStart('begin', name), serviceTask('job', id), end(), flow('begin -> job -> end'))
  const engine = await given(started('a', 'GO'), started('b', '="GO"'))
  tell(engine, 'GO', { n: 1 })
  assert.deepEqual(engine.job('a').variables, { n: 1 })
  assert.deepEqual(engine.job('b').variables, { n: 1 })
  engine.records.length = 0
  await deploy(engine, started('a', 'START'))
  assert.deepEqual(recordsOf(engine).slice(2), [
    'DEPLOYMENT CREATED',
    'SIGNAL_SUBSCRIPTION DELETED begin',
    'SIGNAL_SUBSCRIPTION CREATED begin',
  ])
  await engine.restart()
  tell(engine, 'GO')
  assert.equal(engine.jobs('a').length, 0)
  assert.equal(engine.jobs('b').length, 1)
  tell(engine, 'START')
  assert.equal(engine.job('a').processDefinitionVersion, 2)
})

test('the records of a signal that starts an instance', async () => {
  const engine = await given(model('a', signalStart('begin', 'GO'), end(), flow('begin -> end')))
  engine.records.length = 0
  tell(engine, 'GO', { n: 1 })
  assert.deepEqual(recordsOf(engine).slice(1, 10), [
    'SIGNAL BROADCASTED GO',
    'PROCESS_EVENT TRIGGERING begin',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING a',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED a',
    'PROCESS_EVENT TRIGGERED begin',
    'PROCESS_INSTANCE ELEMENT_ACTIVATING begin',
    'PROCESS_INSTANCE ELEMENT_ACTIVATED begin',
    'VARIABLE CREATED n',
    'PROCESS_INSTANCE ELEMENT_COMPLETING begin',
  ])
})

test('output mappings of a start event decide what of the signal reaches the process', async () => {
  const begin = signalStart('begin', 'GO', { outputs: { sum: '=n + 1' } })
  const engine = await given(model('a', begin, end(), flow('begin -> end')))
  tell(engine, 'GO', { n: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { sum: 2 })
})

test('boundary events: one that interrupts ends its activity, one that does not comes again and again', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      serviceTask('job'),
      signalBoundary('note', 'job', '=who + " SPOKE"', { interrupting: false }),
      signalBoundary('stop', 'job', 'STOP', { outputs: { why: '=reason' } }),
      end(),
      end('noted'),
      end('stopped'),
      flow('start -> job -> end'),
      flow('note -> noted'),
      flow('stop -> stopped'),
    ),
  )
  const key = engine.create('p', { who: 'ANNA' })
  tell(engine, 'ANNA SPOKE', { n: 1 })
  await engine.restart()
  tell(engine, 'ANNA SPOKE', { n: 2 })
  assert.equal(engine.lived('noted').length, 8)
  assert.deepEqual(engine.variables(key), { who: 'ANNA', n: 2 })
  tell(engine, 'STOP', { reason: 'enough', other: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { who: 'ANNA', n: 2, why: 'enough' })
  assert.equal([...engine.state.signalSubscriptions.values()].length, 0)
})

test('an event subprocess is begun by a signal, and its variables reach the process', async () => {
  const react = (options: { interrupting?: boolean }) =>
    eventSubProcess(
      'sub',
      {},
      signalBegin('hear', 'ALARM', options),
      serviceTask('react'),
      end('e'),
      flow('hear -> react -> e'),
    )
  const working = [start(), serviceTask('work'), end(), flow('start -> work -> end')]
  const engine = await given(model('p', ...working, react({})), model('q', ...working, react({ interrupting: false })))
  const p = engine.create('p')
  const q = engine.create('q')
  tell(engine, 'ALARM', { n: 1 })
  tell(engine, 'ALARM', { n: 2 })
  assert.deepEqual(engine.running().sort(), ['react', 'react', 'react', 'sub', 'sub', 'sub', 'work'])
  assert.deepEqual([engine.variables(p), engine.variables(q)], [{ n: 1 }, { n: 2 }])
})

test('a gateway waits for signals among other events', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      eventBased('g'),
      signalCatch('called', 'CALL'),
      messageCatch('paid', 'PAID', '=1'),
      timerCatch('late', { duration: 'PT1H' }),
      end(),
      flow('start -> g -> called -> end'),
      flow('g -> paid -> end'),
      flow('g -> late -> end'),
    ),
  )
  engine.create('p')
  assert.deepEqual(recordsOf(engine, 'TIMER', 'PROCESS_MESSAGE_SUBSCRIPTION', 'SIGNAL_SUBSCRIPTION').slice(0, 3), [
    'PROCESS_MESSAGE_SUBSCRIPTION CREATING paid',
    'TIMER CREATED late',
    'SIGNAL_SUBSCRIPTION CREATED called',
  ])
  tell(engine, 'CALL', { n: 1 })
  assert.deepEqual(engine.finished[0]?.variables, { n: 1 })
  assert.equal([...engine.state.timers.values(), ...engine.state.subscriptions.values()].length, 0)
})

test('a throw event tells a signal with what its input mappings made, and does not wait for who hears it', async () => {
  const engine = await given(
    waiting,
    model(
      'shout',
      start(),
      signalThrow('cry', '=word', { inputs: { where: '=place', word: '="ALARM"' }, outputs: { told: '=where' } }),
      end('ended'),
      flow('start -> cry -> ended'),
    ),
  )
  engine.create('waiting')
  engine.records.length = 0
  engine.create('shout', { place: 'here' })
  const outcomes = new Map(engine.finished.map(({ bpmnProcessId, variables }) => [bpmnProcessId, variables]))
  assert.deepEqual(outcomes.get('waiting'), { where: 'here', word: 'ALARM' })
  assert.deepEqual(outcomes.get('shout'), { place: 'here', told: 'here' })
  const lines = recordsOf(engine)
  assert.deepEqual(lines.slice(lines.indexOf('PROCESS_INSTANCE ELEMENT_ACTIVATED cry')).slice(0, 5), [
    'PROCESS_INSTANCE ELEMENT_ACTIVATED cry',
    'SIGNAL BROADCASTED ALARM',
    'PROCESS_EVENT TRIGGERING heard',
    'PROCESS_INSTANCE ELEMENT_COMPLETING cry',
    'VARIABLE CREATED told',
  ])
})

test('an end event tells a signal; without input mappings it brings nothing', async () => {
  const engine = await given(waiting, model('shout', start(), signalEnd('bye', 'ALARM'), flow('start -> bye')))
  engine.create('waiting', { n: 1 })
  engine.create('shout', { n: 2 })
  const outcomes = engine.finished.map(({ bpmnProcessId, variables }) => [bpmnProcessId, variables])
  assert.deepEqual(outcomes.sort(), [
    ['shout', { n: 2 }],
    ['waiting', { n: 1 }],
  ])
})

test('a signal that one of those who hear it ends another with is heard once', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('f'),
      signalCatch('heard', 'ALARM'),
      end(),
      signalThrow('t', 'ALARM'),
      flow('start -> f -> heard -> end'),
      flow('f -> t'),
    ),
  )
  engine.create('p')
  tell(engine, 'ALARM')
  assert.equal(engine.finished.length, 1)
})

test('a name that is no string is an incident: where it is waited for and where it is told', async () => {
  const engine = await given(
    model('p', start(), signalCatch('heard', '=name'), end(), flow('start -> heard -> end')),
    model('q', start(), signalThrow('told', '=name'), end(), flow('start -> told -> end')),
  )
  for (const id of ['p', 'q']) {
    const key = engine.create(id, { name: 1 })
    const { key: incidentKey, type, message, elementId } = engine.incident()
    assert.deepEqual(
      [type, message, elementId],
      [
        'EXTRACT_VALUE_ERROR',
        "Expected result of the expression 'name' to be 'STRING', but was 'NUMBER'.",
        id === 'p' ? 'heard' : 'told',
      ],
    )
    engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { name: 'N' }, local: false })
    await engine.restart()
    engine.do({ type: 'ResolveIncident', incidentKey })
  }
  assert.deepEqual(engine.finished.map(({ bpmnProcessId }) => bpmnProcessId).sort(), ['p', 'q'])
})

test('a process that starts itself by its own signal ends in an incident', async () => {
  const engine = await given(model('p', signalStart('s', 'GO'), signalEnd('e', 'GO'), flow('s -> e')))
  tell(engine, 'GO')
  assert.match(engine.incidents()[0]?.message ?? '', /runs in a loop/)
})

const problemsOf = async (...parts: Part[]) =>
  (await compileResource({ name: 'p.bpmn', content: model('p', ...parts) })).problems

test('at deployment: a signal has a name, that of a process’s start is a constant, and no two are waited for together', async () => {
  const problem = (element: string, what: string) => `'p.bpmn': - Element: ${element}\n    - ERROR: ${what}\n`
  const path = [start(), end(), flow('start -> heard -> end')]
  assert.equal(
    await problemsOf(...path, signalCatch('heard', '')),
    problem('signal-heard', 'Name must be present and not empty'),
  )
  const without = (part: Part) => ({ inside: part.inside.replace(/ signalRef="[^"]*"/, '') })
  assert.equal(
    await problemsOf(...path, without(signalThrow('heard', 'S'))),
    problem('heard > signalEventDefinition', 'Must reference a signal'),
  )
  assert.equal(
    await problemsOf(signalStart('s', '=name'), end(), flow('s -> end')),
    problem('s', "Expected constant expression of type String for signal name '=name', but was NULL"),
  )
  const task = [start(), serviceTask('job'), end(), flow('start -> job -> end')]
  const twice = [signalBoundary('a', 'job', 'S'), signalBoundary('b', 'job', 'S')]
  assert.equal(
    await problemsOf(...task, ...twice, flow('a -> end'), flow('b -> end')),
    problem('job', "Multiple signal event definitions with the same name 'S' are not allowed."),
  )
  assert.equal(
    await problemsOf(signalStart('s', 'S'), signalStart('t', 'S'), end(), flow('s -> end'), flow('t -> end')),
    problem('p', "Multiple signal event definitions with the same name 'S' are not allowed."),
  )
})
