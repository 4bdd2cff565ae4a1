import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileResource } from '../compile/compileResource.ts'
import {
  end,
  exclusive,
  flow,
  inclusive,
  model,
  type Part,
  parallel,
  serviceTask,
  start,
  terminateEnd,
} from '../testing/bpmn.ts'
import { given } from '../testing/engine.ts'

const choice = model(
  'choice',
  start(),
  exclusive('g', 'g_other'),
  end('small'),
  end('big'),
  end('other'),
  flow('start -> g'),
  flow('g -> small', '=n < 10'),
  flow('g -> big', '=n > 5'),
  flow('g -> other'),
)

const endOf = async (variables: object) => {
  const engine = await given(choice)
  engine.create('choice', { ...variables })
  return engine.lived().filter((line) => /(small|big|other) COMPLETED/.test(line))
}

test('an exclusive gateway takes the flow whose condition is true, else the default flow', async () => {
  assert.deepEqual(await endOf({ n: 1 }), ['small COMPLETED'])
  assert.deepEqual(await endOf({ n: 11 }), ['big COMPLETED'])
})

test('of several true conditions the last one in the file wins, as in Zeebe 8.6.0', async () => {
  assert.deepEqual(await endOf({ n: 7 }), ['big COMPLETED'])
})

test('no true condition and no default flow is an incident; resolving it evaluates again', async () => {
  const engine = await given(
    model(
      'c',
      start(),
      exclusive('g'),
      end('a'),
      end('b'),
      flow('start -> g'),
      flow('g -> a', '=x = 1'),
      flow('g -> b', '=x = 2'),
    ),
  )
  const key = engine.create('c', { x: 3 })
  assert.equal(engine.incident().type, 'CONDITION_ERROR')
  assert.equal(
    engine.incident().message,
    'Expected at least one condition to evaluate to true, or to have a default flow',
  )
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { x: 2 }, local: false })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  assert.equal(engine.lived('b').at(-1), 'b COMPLETED')
})

test('a condition that is not boolean is an incident that says what came', async () => {
  const engine = await given(
    model(
      'c',
      start(),
      exclusive('g'),
      end('a'),
      end('b'),
      flow('start -> g'),
      flow('g -> a', '=true'),
      flow('g -> b', '=x'),
    ),
  )
  engine.create('c')
  assert.equal(
    engine.incident().message,
    "Expected result of the expression 'x' to be 'BOOLEAN', but was 'NULL'. The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'x'",
  )
})

const fork = model(
  'fork',
  start(),
  parallel('f'),
  serviceTask('a'),
  serviceTask('b'),
  parallel('j'),
  end(),
  flow('start -> f -> a -> j -> end'),
  flow('f -> b -> j'),
)

test('a join waits for a token of each flow', async () => {
  const engine = await given(fork)
  engine.create('fork')
  engine.complete(engine.job('a'))
  await engine.restart()
  assert.deepEqual(engine.running(), ['b'])
  engine.complete(engine.job('b'))
  assert.equal(engine.finished[0]?.outcome, 'completed')
  assert.deepEqual(engine.lived('j'), ['j ACTIVATING', 'j ACTIVATED', 'j COMPLETING', 'j COMPLETED'])
})

test('a terminate end event ends what else runs in its scope', async () => {
  const engine = await given(
    model(
      't',
      start(),
      parallel('f'),
      serviceTask('a'),
      serviceTask('b'),
      terminateEnd('stop'),
      end(),
      flow('start -> f -> a -> stop'),
      flow('f -> b -> end'),
    ),
  )
  engine.create('t')
  engine.complete(engine.job('a'))
  assert.deepEqual(engine.lived('b').slice(2), ['b TERMINATING', 'b TERMINATED'])
  assert.equal(engine.finished[0]?.outcome, 'completed')
})

const twiceTo = (from: string, to: string): Part[] => [
  flow(`${from} -> ${to}`),
  { inside: flow(`${from} -> ${to}`).inside.replace(/id="[^"]*"/, `id="${from}_${to}_again"`) },
]

test('the condition of a default flow is never evaluated, wherever it stands in the file', async () => {
  const parts = [start(), exclusive('g', 'g_a'), end('a'), end('b'), flow('start -> g'), flow('g -> a', '=unknown')]
  const engine = await given(model('p', ...parts, flow('g -> b', '=n < 5')))
  engine.create('p', { n: 10 })
  assert.equal(engine.incidents().length, 0)
  assert.equal(engine.lived('a').at(-1), 'a COMPLETED')
})

test('a gateway without outgoing flows ends its path', async () => {
  const engine = await given(
    model('x', start(), exclusive('g'), flow('start -> g')),
    model('p', start(), parallel('g'), flow('start -> g')),
  )
  engine.create('x')
  engine.create('p')
  assert.equal(engine.finished.length, 2)
  assert.deepEqual(engine.lived('g').slice(0, 4), ['g ACTIVATING', 'g ACTIVATED', 'g COMPLETING', 'g COMPLETED'])
})

test('a gateway that is cancelled takes its incident with it', async () => {
  const parts = [
    start(),
    exclusive('g', 'g_a'),
    end('a'),
    end('b'),
    flow('start -> g -> a'),
    flow('g -> b', '=unknown'),
  ]
  const engine = await given(model('p', ...parts))
  const processInstanceKey = engine.create('p')
  assert.equal(engine.incident().elementId, 'g')
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.equal(engine.incidents().length, 0)
  assert.deepEqual(engine.lived('g'), ['g ACTIVATING', 'g TERMINATING', 'g TERMINATED'])
})

test('an exclusive gateway passes each token on by itself; so do several flows out of one task', async () => {
  const engine = await given(
    model('p', start(), exclusive('x'), serviceTask('a'), ...twiceTo('start', 'x'), flow('x -> a')),
  )
  engine.create('p')
  for (const job of engine.jobs('a')) engine.complete(job)
  assert.equal(engine.lived('x').length, 8)
  assert.equal(engine.finished.length, 1)
})

test('one parallel gateway joins and forks', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('f'),
      parallel('jf'),
      serviceTask('a'),
      serviceTask('b'),
      ...twiceTo('f', 'jf'),
      flow('start -> f'),
      flow('jf -> a'),
      flow('jf -> b'),
    ),
  )
  engine.create('p')
  assert.equal(engine.lived('jf').length, 4)
  for (const type of ['a', 'b']) engine.complete(engine.job(type))
  assert.equal(engine.finished.length, 1)
})

test('a second token of one flow does not stand in for the other flow, and waits for the next time', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('f'),
      exclusive('x'),
      parallel('j'),
      end(),
      flow('start -> f -> j -> end'),
      ...twiceTo('f', 'x'),
      flow('x -> j'),
    ),
  )
  const processInstanceKey = engine.create('p')
  const refusals = engine.records.filter(({ recordType }) => recordType === 'COMMAND_REJECTION')
  assert.deepEqual(
    refusals.map(({ rejectionReason }) => rejectionReason),
    Array(2).fill("Expected to be able to activate parallel gateway 'j', but not all sequence flows have been taken."),
  )
  assert.equal(engine.lived('j').length, 4)
  assert.equal(engine.finished.length, 0)
  await engine.restart()
  engine.do({ type: 'CancelProcessInstance', processInstanceKey })
  assert.equal(engine.finished.length, 1)
})

test('a loop of gateways alone may be deployed, as on the real engine; here it ends in an incident', async () => {
  const engine = await given(model('p', start(), exclusive('x'), exclusive('y'), flow('start -> x -> y -> x')))
  engine.create('p')
  assert.match(engine.incident().message, /runs in a loop/)
})

test('a default flow starts at its gateway', async () => {
  for (const gateway of [exclusive('g', 'start_g'), inclusive('g', 'start_g')]) {
    const content = model('p', start(), gateway, end(), flow('start -> g'), flow('g -> end', '=true'))
    assert.equal(
      (await compileResource({ name: 'p.bpmn', content })).problems,
      "'p.bpmn': - Element: g\n    - ERROR: Default flow must start at gateway\n",
    )
  }
})
