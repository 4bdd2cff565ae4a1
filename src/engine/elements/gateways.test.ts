import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, exclusive, flow, model, parallel, serviceTask, start, terminateEnd } from '../testing/bpmn.ts'
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
