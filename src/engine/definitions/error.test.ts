import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  element,
  end,
  errorBegin,
  errorBoundary,
  errorEnd,
  eventSubProcess,
  flow,
  messageBegin,
  model,
  type Part,
  serviceTask,
  start,
  subProcess,
} from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const throwError = (engine: TestEngine, type: string, errorCode: string, variables = {}, errorMessage = '') =>
  engine.do({ type: 'ThrowError', jobKey: engine.job(type).key, errorCode, errorMessage, variables })

const boundary = (id: string, on: string, code?: string): Part[] => [
  errorBoundary(id, on, code),
  serviceTask(`after-${id}`),
  end(`end-${id}`),
  flow(`${id} -> after-${id} -> end-${id}`),
]

const begun = (id: string, code?: string, begin: Part = errorBegin(`begin-${id}`, code)): Part =>
  eventSubProcess(
    id,
    {},
    begin,
    serviceTask(`in-${id}`),
    end(`end-${id}`),
    flow(`begin-${id} -> in-${id} -> end-${id}`),
  )

const working = (around: Part[], inside: Part[] = [], multi?: { in: string }): string =>
  model(
    'p',
    start(),
    subProcess(
      'sub',
      multi === undefined ? {} : { multi },
      start('s'),
      serviceTask('work'),
      end('e'),
      flow('s -> work -> e'),
      ...inside,
    ),
    end(),
    flow('start -> sub -> end'),
    ...around,
  )

/** Who takes the error of the task over, of all who could. */
const precedence: [title: string, xml: string, takes: string[]][] = [
  [
    'the boundary event of the task before those further out',
    working([...boundary('outer', 'sub', 'E'), begun('root', 'E')], boundary('inner', 'work', 'E')),
    ['sub', 'after-inner'],
  ],
  [
    'an event for all on the task before one for the code further out',
    working(boundary('outer', 'sub', 'E'), boundary('inner', 'work')),
    ['sub', 'after-inner'],
  ],
  [
    'of one scope the event for the code before that for all',
    working([...boundary('all', 'sub'), ...boundary('own', 'sub', 'E')], [begun('each')]),
    ['after-own'],
  ],
  [
    'of one scope and code the event subprocess',
    working(boundary('outer', 'sub', 'E'), [begun('inside', 'E')]),
    ['sub', 'inside', 'in-inside'],
  ],
  [
    'the event subprocess in one of many before the boundary event of all of them',
    working(boundary('outer', 'sub', 'E'), [begun('inside', 'E')], { in: '=[1]' }),
    ['sub', 'sub', 'inside', 'in-inside'],
  ],
  ['the boundary event of all of many', working(boundary('outer', 'sub', 'E'), [], { in: '=[1, 2]' }), ['after-outer']],
]

for (const [title, xml, takes] of precedence) {
  test(`an error goes to ${title}`, async () => {
    const engine = await given(xml)
    engine.create('p')
    throwError(engine, 'work', 'E')
    assert.deepEqual(engine.running(), takes)
  })
}

test("an error's variables are the boundary event's own; an event subprocess gives them to its scope", async () => {
  const own = await given(working(boundary('outer', 'sub', 'E')))
  own.create('p')
  throwError(own, 'work', 'E', { why: 1 })
  assert.deepEqual(own.job('after-outer').variables, {})
  const shared = await given(working([begun('root', 'E')]))
  shared.create('p')
  throwError(shared, 'work', 'E', { why: 1 })
  assert.deepEqual(shared.job('in-root').variables, { why: 1 })
})

test('what was available is told scope by scope, by code from the last to the first', async () => {
  const engine = await given(
    working([...boundary('x', 'sub', 'B'), ...boundary('y', 'sub', 'C')], boundary('inner', 'work', 'A')),
  )
  const processInstanceKey = engine.create('p')
  throwError(engine, 'work', 'E', {}, 'x'.repeat(10_001))
  assert.equal(
    engine.incident().message,
    `Expected to throw an error event with the code 'E' with message '${'x'.repeat(10_000)}...', but it was not caught. Available error events are [A, C, B]`,
  )
  const created = engine.records.find(({ valueType, intent }) => valueType === 'INCIDENT' && intent === 'CREATED')
  assert.equal(created?.value.elementId, 'NO_CATCH_EVENT_FOUND')
  assert.equal(engine.incident().elementId, 'work')
  assert.equal(created?.value.processInstanceKey, processInstanceKey)
})

test('an event subprocess that an error began does not catch the next one, nor does what lies around it', async () => {
  const engine = await given(working([begun('root', 'F'), ...boundary('outer', 'sub', 'E')], [begun('inside', 'E')]))
  engine.create('p')
  throwError(engine, 'work', 'E')
  throwError(engine, 'in-inside', 'E')
  assert.equal(
    engine.incident().message,
    "Expected to throw an error event with the code 'E', but it was not caught. No error events are available in the scope.",
  )
})

test('beside a non-interrupting event subprocess an error is caught as in its scope', async () => {
  const engine = await given(
    working(
      [],
      [
        begun('heard', undefined, messageBegin('begin-heard', 'M', '="k"', { interrupting: false })),
        begun('caught', 'E'),
      ],
    ),
  )
  engine.create('p')
  engine.publish('M', 'k')
  throwError(engine, 'in-heard', 'E')
  assert.deepEqual(engine.running(), ['sub', 'caught', 'in-caught'])
})

test('an event subprocess in one that ended the rest catches an error and cannot take over: the task stays', async () => {
  const engine = await given(
    working(
      [],
      [
        eventSubProcess(
          'first',
          {},
          errorBegin('b1', 'E'),
          serviceTask('again'),
          end('e1'),
          flow('b1 -> again -> e1'),
          begun('second', 'E'),
        ),
      ],
    ),
  )
  engine.create('p')
  throwError(engine, 'work', 'E')
  throwError(engine, 'again', 'E')
  assert.deepEqual(engine.running(), ['sub', 'first', 'again'])
  assert.deepEqual(engine.incidents(), [])
})

test('the code of an error end event may be an expression, evaluated again after an incident', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      subProcess('sub', {}, start('s'), errorEnd('fail', '=code'), flow('s -> fail')),
      end(),
      flow('start -> sub -> end'),
      ...boundary('caught', 'sub', 'E'),
    ),
  )
  engine.create('p')
  const { key, type, message, elementInstanceKey } = engine.incident()
  assert.equal(type, 'EXTRACT_VALUE_ERROR')
  assert.equal(
    message,
    "Expected result of the expression 'code' to be 'STRING', but was 'NULL'. The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'code'",
  )
  engine.do({ type: 'SetVariables', elementInstanceKey, variables: { code: 'E' }, local: true })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.deepEqual(engine.running(), ['after-caught'])
  assert.deepEqual(engine.lived('fail'), ['fail ACTIVATING', 'fail ACTIVATED', 'fail TERMINATING', 'fail TERMINATED'])
})

test('an error end event that nobody catches has an incident, and another one when that is resolved', async () => {
  const engine = await given(model('p', start(), errorEnd('fail', '404'), flow('start -> fail')))
  engine.create('p')
  const { key, message } = engine.incident()
  engine.do({ type: 'ResolveIncident', incidentKey: key })
  assert.notEqual(engine.incident().key, key)
  assert.equal(engine.incident().message, message)
  assert.match(message, /code '404', but it was not caught\. No error events/)
})

const error = (id: string, ref: string) => ({
  inside: element('endEvent', id, '', `<bpmn:errorEventDefinition id="def"${ref} />`),
  beside: '<bpmn:error id="nothing" />',
})

const refused: [title: string, xml: string, at: string, problem: string][] = [
  [
    'an end event without error',
    model('p', start(), error('x', ''), flow('start -> x')),
    'def',
    'Must reference an error',
  ],
  [
    'an end event without code',
    model('p', start(), error('x', ' errorRef="nothing"'), flow('start -> x')),
    'def',
    'ErrorCode must be present and not empty',
  ],
  [
    'a code to catch that is an expression',
    working(boundary('b', 'sub', '=code')),
    'b > errorEventDefinition',
    'The errorCode of the error catch event is not allowed to be an expression',
  ],
  [
    'a boundary event beside which its activity goes on',
    working([errorBoundary('b', 'sub', 'E', { interrupting: false }), end('x'), flow('b -> x')]),
    'b',
    'Non-Interrupting event of this type is not allowed',
  ],
  [
    'an event subprocess beside which its scope goes on',
    working([eventSubProcess('esp', {}, errorBegin('b', 'E', { interrupting: false }), end('x'), flow('b -> x'))]),
    'esp',
    'Non-Interrupting event of this type is not allowed',
  ],
]

for (const [title, content, at, problem] of refused) {
  test(`refuses ${title}`, async () => {
    const { problems } = await compileResource({ name: 'x.bpmn', content })
    assert.equal(problems, `'x.bpmn': - Element: ${at}\n    - ERROR: ${problem}\n`)
  })
}
