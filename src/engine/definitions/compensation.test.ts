import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  callActivity,
  compensating,
  compensationBoundary,
  compensationEnd,
  compensationThrow,
  element,
  end,
  errorBegin,
  errorBoundary,
  eventSubProcess,
  exclusive,
  flow,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  subProcess,
  terminateEnd,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

/** A task with the task that compensates it: `a` and `undo-a`. */
const undoable = (id: string, options: Parameters<typeof serviceTask>[2] = {}): Part[] => [
  serviceTask(id, id, options),
  compensationBoundary(`on-${id}`, id, `undo-${id}`),
  compensating(serviceTask(`undo-${id}`)),
]

const told = (engine: TestEngine) =>
  engine.records
    .filter(({ valueType }) => valueType === 'COMPENSATION_SUBSCRIPTION')
    .map(({ intent, value }) => `${intent} ${value.compensableActivityId}`)

const complete = (engine: TestEngine, ...types: string[]) => {
  for (const type of types) engine.complete(engine.job(type))
}

test('a compensation event waits for the handlers of what was completed, in the order of the activities', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      ...undoable('a'),
      ...undoable('b'),
      compensationThrow('undo'),
      end(),
      flow('start -> a -> b -> undo -> end'),
    ),
  )
  const processInstanceKey = engine.create('p')
  complete(engine, 'a', 'b')
  assert.deepEqual(engine.running(), ['undo', 'undo-a', 'undo-b'])
  await engine.restart()
  complete(engine, 'undo-b')
  assert.deepEqual(engine.running(), ['undo', 'undo-a'])
  complete(engine, 'undo-a')
  assert.equal(engine.finished.length, 1)
  assert.deepEqual(told(engine), ['CREATED a', 'CREATED b', 'TRIGGERED a', 'TRIGGERED b', 'COMPLETED b', 'COMPLETED a'])
  const [created, , triggered] = engine.records.filter(({ valueType }) => valueType === 'COMPENSATION_SUBSCRIPTION')
  const activated = (id: string) =>
    engine.records.find(({ intent, value }) => intent === 'ELEMENT_ACTIVATED' && value.elementId === id)!
  const value = {
    tenantId: '<default>',
    processInstanceKey,
    processDefinitionKey: activated('a').value.processDefinitionKey,
    compensableActivityId: 'a',
    compensableActivityInstanceKey: activated('a').key,
    compensableActivityScopeKey: processInstanceKey,
    compensationHandlerId: 'undo-a',
    variables: {},
  }
  const nobody = { throwEventId: '', throwEventInstanceKey: -1, compensationHandlerInstanceKey: -1 }
  assert.deepEqual(created!.value, { ...value, ...nobody })
  const thrown = {
    throwEventId: 'undo',
    throwEventInstanceKey: activated('undo').key,
    compensationHandlerInstanceKey: activated('undo-a').key,
  }
  assert.deepEqual(triggered!.value, { ...value, ...thrown })
})

test('the records of a compensation are in the real order, and name what they are of', async () => {
  const engine = await given(model('p', start(), ...undoable('a'), compensationEnd('undo'), flow('start -> a -> undo')))
  engine.create('p')
  engine.records.length = 0
  complete(engine, 'a', 'undo-a')
  assert.deepEqual(
    engine.records
      .filter(({ valueType, recordType }) => recordType === 'EVENT' && !/JOB|PROCESS_EVENT/.test(valueType))
      .map(({ intent, value }) => `${intent} ${value.elementId ?? '-'} ${value.bpmnEventType ?? ''}`.trim()),
    [
      'ELEMENT_COMPLETING a UNSPECIFIED',
      'CREATED -',
      'ELEMENT_COMPLETED a UNSPECIFIED',
      'SEQUENCE_FLOW_TAKEN a_undo UNSPECIFIED',
      'ELEMENT_ACTIVATING undo COMPENSATION',
      'ELEMENT_ACTIVATED undo COMPENSATION',
      'ELEMENT_ACTIVATING on-a COMPENSATION',
      'ELEMENT_ACTIVATED on-a COMPENSATION',
      'ELEMENT_COMPLETING on-a COMPENSATION',
      'ELEMENT_COMPLETED on-a COMPENSATION',
      'TRIGGERED -',
      'ELEMENT_ACTIVATING undo-a COMPENSATION',
      'ELEMENT_ACTIVATED undo-a COMPENSATION',
      'ELEMENT_COMPLETING undo-a COMPENSATION',
      'ELEMENT_COMPLETED undo-a COMPENSATION',
      'COMPLETED -',
      'ELEMENT_COMPLETING undo COMPENSATION',
      'ELEMENT_COMPLETED undo COMPENSATION',
      'ELEMENT_COMPLETING p UNSPECIFIED',
      'ELEMENT_COMPLETED p UNSPECIFIED',
    ],
  )
})

test('with nothing to compensate it passes; its mappings are left alone', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      compensationThrow('undo', undefined, { outputs: { x: '=1' } }),
      parallel('fork'),
      ...undoable('a'),
      serviceTask('b'),
      compensationEnd('undoA', 'a'),
      flow('start -> undo -> fork -> a'),
      flow('fork -> b -> undoA'),
    ),
  )
  engine.create('p')
  complete(engine, 'b', 'a')
  assert.deepEqual(engine.finished[0]?.variables, {})
  assert.deepEqual(told(engine), ['CREATED a', 'DELETED a'])
})

test('a handler runs as often as its activity was completed, and not again', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      ...undoable('a'),
      exclusive('again', 'again_undo'),
      compensationThrow('undo', 'a'),
      compensationEnd('once', 'a'),
      flow('start -> a -> again -> undo -> once'),
      flow('again -> a', '=more'),
    ),
  )
  engine.create('p', { more: true })
  engine.complete(engine.job('a'), { more: false })
  assert.equal(engine.jobs('undo-a').length, 1)
})

const undoing = (activity: Part[], id: string, ...rest: Part[]) =>
  model('p', start(), ...activity, compensationEnd('undo'), flow(`start -> ${id} -> undo`), ...rest)

const inner = (...more: Part[]): Part[] => [start('s'), ...undoable('a'), end('e'), flow('s -> a -> e'), ...more]

test('what was completed in a subprocess is compensated with it, each part of a multi-instance', async () => {
  const engine = await given(undoing([subProcess('sub', { multi: { in: '=[1, 2]' } }, ...inner())], 'sub'))
  engine.create('p')
  for (const job of engine.jobs('a')) engine.complete(job)
  assert.deepEqual(told(engine).slice(0, 5), ['CREATED a', 'CREATED sub', 'CREATED a', 'CREATED sub', 'CREATED sub'])
  await engine.restart()
  const handlers = engine.jobs('undo-a')
  assert.equal(handlers.length, 2)
  const { key } = [...engine.state.elements.values()].find(({ scopeKey }) => scopeKey === -1)!
  for (const { elementInstanceKey } of handlers) {
    assert.equal(engine.state.elements.get(elementInstanceKey)?.scopeKey, key, 'beside the event that throws')
  }
  for (const job of handlers) {
    assert.equal(engine.finished.length, 0)
    engine.complete(job)
  }
  assert.deepEqual(told(engine).slice(-5), [
    'COMPLETED a',
    'COMPLETED sub',
    'COMPLETED a',
    'COMPLETED sub',
    'COMPLETED sub',
  ])
  assert.equal(engine.finished.length, 1)
  assert.equal([...engine.state.compensations.values()].length, 0)
})

test("a subprocess's own handler runs beside those of what is in it", async () => {
  const engine = await given(
    undoing(
      [
        subProcess('sub', {}, ...inner()),
        compensationBoundary('on-sub', 'sub', 'undo-sub'),
        compensating(serviceTask('undo-sub')),
      ],
      'sub',
    ),
  )
  engine.create('p')
  complete(engine, 'a')
  assert.deepEqual(engine.running(), ['undo', 'undo-sub', 'undo-a'])
  complete(engine, 'undo-a', 'undo-sub')
  assert.equal(engine.finished.length, 1)
})

test('a subprocess that still runs, or was terminated, is not compensated', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      subProcess('sub', {}, start('s'), ...undoable('a'), serviceTask('stuck'), end('e'), flow('s -> a -> stuck -> e')),
      errorBoundary('broken', 'sub'),
      end(),
      compensationEnd('late'),
      serviceTask('b'),
      compensationEnd('undo'),
      flow('start -> fork -> sub -> end'),
      flow('fork -> b -> undo'),
      flow('broken -> late'),
    ),
  )
  engine.create('p')
  complete(engine, 'a', 'b')
  assert.deepEqual(engine.running(), ['sub', 'stuck'])
  const { key: jobKey } = engine.job('stuck')
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'E', errorMessage: '', variables: {} })
  assert.deepEqual(told(engine), ['CREATED a', 'DELETED a'])
  assert.equal(engine.finished.length, 1)
})

test('an event subprocess compensates what is in it and what lies around it, not what lies further out', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      ...undoable('far'),
      subProcess(
        'sub',
        {},
        start('s'),
        ...undoable('near'),
        serviceTask('work'),
        end('e'),
        flow('s -> near -> work -> e'),
        eventSubProcess(
          'caught',
          {},
          errorBegin('catch'),
          ...undoable('here'),
          compensationEnd('undo'),
          flow('catch -> here -> undo'),
        ),
      ),
      end(),
      flow('start -> far -> sub -> end'),
    ),
  )
  engine.create('p')
  complete(engine, 'far', 'near')
  const { key: jobKey } = engine.job('work')
  engine.do({ type: 'ThrowError', jobKey, errorCode: 'E', errorMessage: '', variables: {} })
  complete(engine, 'here')
  assert.deepEqual(engine.running(), ['sub', 'caught', 'undo', 'undo-near', 'undo-here'])
  complete(engine, 'undo-here', 'undo-near')
  assert.equal(engine.finished.length, 1)
  assert.equal(told(engine).at(-1), 'DELETED far')
})

test('a handler may be any activity: mapped, in many instances, a subprocess, another process', async () => {
  const handler = (id: string, part: Part, on: string): Part[] => [
    serviceTask(on),
    compensationBoundary(`on-${on}`, on, id),
    compensating(part),
  ]
  const engine = await given(
    model(
      'p',
      start(),
      ...handler('many', serviceTask('many', 'many', { multi: { in: '=[1, 2]' } }), 'a'),
      ...handler(
        'sub',
        subProcess('sub', {}, start('s'), serviceTask('inside'), end('e'), flow('s -> inside -> e')),
        'b',
      ),
      ...handler('call', callActivity('call', 'child'), 'c'),
      ...handler('mapped', serviceTask('mapped', 'mapped', { inputs: { y: '=x + 1' }, outputs: { z: '=w' } }), 'd'),
      compensationEnd('undo'),
      flow('start -> a -> b -> c -> d -> undo'),
    ),
    model('child', start(), serviceTask('called'), end(), flow('start -> called -> end')),
  )
  engine.create('p', { x: 1 })
  complete(engine, 'a', 'b', 'c', 'd')
  const job = engine.job('mapped')
  assert.equal(job.variables.y, 2)
  engine.complete(job, { w: 3 })
  complete(engine, 'many', 'inside', 'called', 'many')
  assert.deepEqual(engine.finished[0]?.variables, { x: 1, z: 3 })
  const types = engine.records.filter(
    ({ intent, value }) =>
      intent === 'ELEMENT_ACTIVATED' && ['many', 'sub', 'inside'].includes(String(value.elementId)),
  )
  assert.deepEqual(
    types.map(({ value }) => `${value.bpmnElementType} ${value.bpmnEventType}`),
    [
      'MULTI_INSTANCE_BODY COMPENSATION',
      'SUB_PROCESS COMPENSATION',
      'SERVICE_TASK UNSPECIFIED',
      'SERVICE_TASK UNSPECIFIED',
      'SERVICE_TASK UNSPECIFIED',
    ],
  )
})

test('what is compensated in a called process stays there', async () => {
  const engine = await given(
    undoing(
      [
        callActivity('call', 'child'),
        compensationBoundary('on-call', 'call', 'undo-call'),
        compensating(serviceTask('undo-call')),
      ],
      'call',
    ),
    model('child', ...inner()),
  )
  engine.create('p')
  complete(engine, 'a')
  assert.deepEqual(engine.running(), ['undo', 'undo-call'])
})

test('an incident of a handler holds the event that threw; cancelled, all of it ends', async () => {
  const engine = await given(undoing(undoable('a'), 'a'))
  const processInstanceKey = engine.create('p')
  complete(engine, 'a')
  const { key: jobKey } = engine.job('undo-a')
  engine.do({ type: 'FailJob', jobKey, retries: 0, errorMessage: '', retryBackOff: 0, variables: {} })
  assert.equal(engine.incident().elementId, 'undo-a')
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.deepEqual(told(engine), ['CREATED a', 'TRIGGERED a', 'DELETED a'])
  assert.equal(engine.finished[0]?.outcome, 'terminated')
  assert.equal(engine.incidents().length, 0)
})

test('a terminate end event ends the handlers with the event that threw', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('fork'),
      ...undoable('a'),
      compensationEnd('undo'),
      serviceTask('b'),
      terminateEnd('stop'),
      flow('start -> fork -> a -> undo'),
      flow('fork -> b -> stop'),
    ),
  )
  engine.create('p')
  complete(engine, 'a', 'b')
  assert.equal(engine.finished[0]?.outcome, 'completed')
  assert.equal([...engine.state.compensations.values()].length, 0)
})

const notWaiting = '<bpmn:compensateEventDefinition waitForCompletion="false" />'
const around = (id: string, ...parts: Part[]) => model('p', start(), ...parts, flow(`start -> ${id}`))
const beginsWithCompensation = eventSubProcess(
  'esp',
  {},
  { inside: element('startEvent', 'begin', '', '<bpmn:compensateEventDefinition />') },
  end('begun'),
  flow('begin -> begun'),
)

const refused: [title: string, xml: string, at: string, problem: string][] = [
  [
    'a boundary event without handler',
    around('a', serviceTask('a'), { inside: compensationBoundary('on-a', 'a', '').inside }),
    'on-a',
    'Must have at least one outgoing sequence flow or association',
  ],
  [
    'a throw event that does not wait',
    around('x', { inside: element('intermediateThrowEvent', 'x', '', notWaiting) }),
    'x',
    'A compensation intermediate throwing event waitForCompletion attribute must be true or not present',
  ],
  [
    'an end event that does not wait',
    around('x', { inside: element('endEvent', 'x', '', notWaiting) }),
    'x',
    'A compensation end event waitForCompletion attribute must be true or not present',
  ],
  [
    'a handler that a flow leads to',
    around('a', ...undoable('a'), serviceTask('b'), flow('a -> b -> undo-a')),
    'undo-a',
    'A compensation handler should have no incoming sequence flows',
  ],
  [
    'a handler that a flow leaves',
    around('a', ...undoable('a'), end(), flow('undo-a -> end')),
    'undo-a',
    'A compensation handler should have no outgoing sequence flows',
  ],
  [
    'a handler with a boundary event',
    around('a', ...undoable('a'), errorBoundary('b', 'undo-a'), end(), flow('b -> end')),
    'undo-a',
    'A compensation handler should have no boundary events',
  ],
  [
    'a reference to nothing',
    around('x', compensationEnd('x', 'nope')),
    'x > compensateEventDefinition',
    "The referenced compensation activity 'nope' doesn't exist",
  ],
  [
    'a reference to what cannot be compensated',
    around('a', serviceTask('a'), compensationEnd('x', 'a'), flow('a -> x')),
    'x > compensateEventDefinition',
    "The referenced compensation activity 'a' must have either a compensation boundary event or be a subprocess",
  ],
  [
    'a reference into another scope',
    around('sub', subProcess('sub', {}, ...inner()), compensationEnd('x', 'a'), flow('sub -> x')),
    'x > compensateEventDefinition',
    "The referenced compensation activity 'a' must be in the same scope as the compensation throw event",
  ],
]

for (const [title, content, at, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content })
    assert.equal(problems, `'x.bpmn': - Element: ${at}\n    - ERROR: ${problem}\n`)
  })
}

test('refuses an event subprocess that begins with a compensation', async () => {
  const content = model('p', start(), end(), flow('start -> end'), beginsWithCompensation)
  const { problems } = await compileResource({ name: 'x.bpmn', content })
  assert.equal(
    problems,
    "'x.bpmn': - Element: esp\n    - ERROR: A compensation event subprocess is not allowed on the process level\n    - ERROR: Start events in event subprocesses must be one of: message, timer, error, signal or escalation\n",
  )
})
