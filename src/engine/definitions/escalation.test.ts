import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  callActivity,
  element,
  end,
  escalationBegin,
  escalationBoundary,
  escalationEnd,
  escalationThrow,
  eventSubProcess,
  flow,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  subProcess,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const escalations = (engine: TestEngine) =>
  engine.records
    .filter(({ valueType }) => valueType === 'ESCALATION')
    .map(({ intent, value }) => `${intent} ${value.escalationCode}: ${value.throwElementId} -> ${value.catchElementId}`)

const throwing = (...around: Part[]) =>
  model(
    'p',
    start(),
    subProcess(
      'sub',
      {},
      start('s'),
      escalationThrow('shout', 'E'),
      serviceTask('work'),
      end('e'),
      flow('s -> shout -> work -> e'),
    ),
    end(),
    flow('start -> sub -> end'),
    ...around,
  )

const boundary = (id: string, code?: string, interrupting = true): Part[] => [
  escalationBoundary(id, 'sub', code, { interrupting }),
  serviceTask(`${id}-work`),
  end(`${id}-end`),
  flow(`${id} -> ${id}-work -> ${id}-end`),
]

test('an escalation that nobody catches is no failure', async () => {
  const engine = await given(model('p', start(), escalationEnd('shout', 'E'), flow('start -> shout')))
  const processInstanceKey = engine.create('p')
  assert.equal(engine.finished.length, 1)
  const { key, value } = engine.records.find(({ valueType }) => valueType === 'ESCALATION')!
  assert.deepEqual(value, {
    processInstanceKey,
    escalationCode: 'E',
    throwElementId: 'shout',
    catchElementId: '',
    tenantId: '<default>',
  })
  assert.ok(key > processInstanceKey)
})

test('an interrupting boundary event ends the subprocess, the event that threw included', async () => {
  const engine = await given(throwing(...boundary('hear', 'E')))
  engine.create('p')
  assert.deepEqual(engine.lived('shout'), [
    'shout ACTIVATING',
    'shout ACTIVATED',
    'shout TERMINATING',
    'shout TERMINATED',
  ])
  assert.deepEqual(engine.running(), ['hear-work'])
  assert.deepEqual(escalations(engine), ['ESCALATED E: shout -> hear'])
})

test('beside a non-interrupting one the event that threw goes on', async () => {
  const engine = await given(throwing(...boundary('hear', undefined, false)))
  engine.create('p')
  await engine.restart()
  assert.deepEqual(engine.running().sort(), ['hear-work', 'sub', 'work'])
  const told = engine.records.slice(engine.records.findIndex(({ valueType }) => valueType === 'PROCESS_EVENT'))
  assert.deepEqual(
    told.slice(0, 6).map(({ valueType, intent, value }) => `${valueType} ${intent} ${value.elementId ?? ''}`.trim()),
    [
      'PROCESS_EVENT TRIGGERING',
      'PROCESS_EVENT TRIGGERED',
      'PROCESS_INSTANCE ELEMENT_ACTIVATING hear',
      'PROCESS_INSTANCE ELEMENT_ACTIVATED hear',
      'ESCALATION ESCALATED',
      'PROCESS_INSTANCE ELEMENT_COMPLETING hear',
    ],
  )
  assert.equal(told[4]!.key + 1, told[0]!.key, 'the escalation has its key before its event has one')
})

test('its own code goes before all others, and an event subprocess before a boundary event for the same', async () => {
  const engine = await given(throwing(...boundary('all'), ...boundary('own', 'E'), ...boundary('other', 'F')))
  engine.create('p')
  assert.deepEqual(escalations(engine), ['ESCALATED E: shout -> own'])
  const inner = eventSubProcess('inner', {}, escalationBegin('begin', 'E'), end('begun'), flow('begin -> begun'))
  const nearer = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), escalationEnd('shout', 'E'), flow('s -> shout'), inner),
      end(),
      flow('start -> sub -> end'),
      ...boundary('own', 'E'),
    ),
  )
  nearer.create('p')
  assert.deepEqual(escalations(nearer), ['ESCALATED E: shout -> begin'])
  assert.equal(nearer.lived('shout').at(-1), 'shout TERMINATED')
  assert.equal(nearer.finished.length, 1)
})

test('a non-interrupting event subprocess runs beside what threw, as often as it is thrown', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess(
        'each',
        { multi: { in: '=[1, 2]' } },
        start('s'),
        escalationThrow('shout', 'E', { outputs: { seen: '=1' } }),
        end('e'),
        flow('s -> shout -> e'),
      ),
      end(),
      flow('start -> each -> end'),
      eventSubProcess(
        'heard',
        {},
        escalationBegin('hear', 'E', { interrupting: false }),
        serviceTask('work'),
        end('done'),
        flow('hear -> work -> done'),
      ),
    ),
  )
  engine.create('p')
  for (const job of engine.jobs('work')) {
    assert.equal(engine.finished.length, 0)
    engine.complete(job)
  }
  assert.equal(engine.finished.length, 1)
  assert.equal(escalations(engine).length, 2)
})

test('a boundary event of a multi-instance ends the whole of it', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess(
        'sub',
        { multi: { in: '=[1, 2]' } },
        start('s'),
        serviceTask('work'),
        escalationEnd('shout', '= "E" + string(loopCounter)'),
        flow('s -> work -> shout'),
      ),
      end(),
      flow('start -> sub -> end'),
      ...boundary('second', 'E2'),
    ),
  )
  engine.create('p')
  const jobs = engine.jobs('work')
  engine.complete(jobs[0]!)
  assert.deepEqual(escalations(engine), ['NOT_ESCALATED E1: shout -> '])
  engine.complete(jobs[1]!)
  assert.deepEqual(engine.running(), ['second-work'])
})

test('a join takes the token of a non-interrupting escalation as it takes the others', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), escalationThrow('shout', 'E'), end('e'), flow('s -> shout -> e')),
      escalationBoundary('hear', 'sub', 'E', { interrupting: false }),
      parallel('join'),
      end(),
      flow('start -> sub -> join -> end'),
      flow('hear -> join'),
    ),
  )
  engine.create('p')
  assert.equal(engine.lived('end').length, 4)
  assert.equal(engine.finished.length, 1)
})

test('in an event subprocess that ended the rest, its own escalation finds it taken: the event that threw stays', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      escalationEnd('first', 'E'),
      flow('start -> first'),
      eventSubProcess('heard', {}, escalationBegin('hear', 'E'), escalationEnd('second', 'E'), flow('hear -> second')),
    ),
  )
  engine.create('p')
  assert.deepEqual(escalations(engine), ['ESCALATED E: first -> hear', 'NOT_ESCALATED E: second -> hear'])
  assert.deepEqual(engine.running(), ['heard', 'second'])
})

test('a code that cannot be evaluated is an incident, and thrown when it is resolved', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      escalationThrow('shout', '=code'),
      escalationEnd('again', '404'),
      flow('start -> shout -> again'),
    ),
  )
  engine.create('p', { code: 25 })
  const { key, type, message, elementInstanceKey } = engine.incident()
  assert.equal(type, 'EXTRACT_VALUE_ERROR')
  assert.equal(message, "Expected result of the expression 'code' to be 'STRING', but was 'NUMBER'.")
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { code: 'E' }, local: false })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(escalations(engine), ['NOT_ESCALATED E: shout -> ', 'NOT_ESCALATED 404: again -> '])
  assert.equal(engine.finished.length, 1)
})

const definition = (ref = '') => `<bpmn:escalationEventDefinition id="def"${ref && ` escalationRef="${ref}"`} />`
const two = (code?: string) => ['one', 'two'].flatMap((id) => boundary(id, code))
const beginTwice = (code?: string) =>
  ['one', 'two'].map((id) =>
    eventSubProcess(id, {}, escalationBegin(`b-${id}`, code), end(`e-${id}`), flow(`b-${id} -> e-${id}`)),
  )
const catchesAll =
  'The same scope can not contain more than one escalation catch event without escalation code. An escalation catch event without escalation code catches all escalations.'
const catchesSame =
  "Multiple escalation catch events with the same escalation code 'E' are not supported on the same scope."

const refused: [title: string, xml: string, at: string, problem: string][] = [
  [
    'a throw event without escalation',
    model('p', start(), { inside: element('endEvent', 'x', '', definition()) }, flow('start -> x')),
    'def',
    'Must reference an escalation',
  ],
  [
    'a thrown escalation without code',
    model('p', start(), escalationEnd('x', ''), flow('start -> x')),
    'escalation-x',
    'EscalationCode must be present and not empty',
  ],
  [
    'a boundary event on a task',
    model(
      'p',
      start(),
      serviceTask('work'),
      escalationBoundary('x', 'work'),
      end(),
      flow('start -> work -> end'),
      flow('x -> end'),
    ),
    'x',
    'An escalation boundary event should only be attached to a subprocess, or a call activity.',
  ],
  [
    'an expression that catches',
    throwing(...boundary('x', '=code')),
    'x > escalationEventDefinition',
    'The escalationCode of the escalation catch event is not allowed to be an expression',
  ],
  ['two boundary events for one code', throwing(...two('E')), 'sub', catchesSame],
  ['two boundary events for all', throwing(...two()), 'sub', catchesAll],
  ['two event subprocesses for one code', throwing(...beginTwice('E')), 'p', catchesSame],
  ['two event subprocesses for all', throwing(...beginTwice()), 'p', catchesAll],
]

for (const [title, content, at, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content })
    assert.equal(problems, `'x.bpmn': - Element: ${at}\n    - ERROR: ${problem}\n`)
  })
}

test('an escalation crosses the borders of calls; an interrupting one ends the called process', async () => {
  const child = model(
    'child',
    start(),
    escalationThrow('shout', 'E'),
    serviceTask('work'),
    end(),
    flow('start -> shout -> work -> end'),
  )
  const calling = (interrupting: boolean) =>
    model(
      'p',
      start(),
      callActivity('call', 'middle'),
      escalationBoundary('hear', 'call', 'E', { interrupting }),
      serviceTask('after'),
      end(),
      end('end2'),
      flow('start -> call -> end'),
      flow('hear -> after -> end2'),
    )
  const middle = model('middle', start(), callActivity('inner', 'child'), end(), flow('start -> inner -> end'))
  const interrupted = await given(calling(true), middle, child)
  interrupted.create('p')
  assert.deepEqual(interrupted.running(), ['after'])
  assert.deepEqual(interrupted.lived('child').at(-1), 'child TERMINATED')
  assert.deepEqual(interrupted.lived('shout').at(-1), 'shout TERMINATED')
  const beside = await given(calling(false), middle, child)
  beside.create('p')
  assert.deepEqual(beside.running().sort(), ['after', 'call', 'inner', 'work'])
  const escalated = beside.records.find(({ valueType }) => valueType === 'ESCALATION')!
  const shout = beside.records.find(({ value }) => value.elementId === 'shout')!
  assert.deepEqual(escalations(beside), ['ESCALATED E: shout -> hear'])
  assert.equal(escalated.value.processInstanceKey, shout.value.processInstanceKey)
})
