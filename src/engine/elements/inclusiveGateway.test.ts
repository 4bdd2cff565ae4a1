import assert from 'node:assert/strict'
import { test } from 'node:test'
import { end, exclusive, flow, inclusive, model, type Part, parallel, serviceTask, start } from '../testing/bpmn.ts'
import { given, type TestEngine } from '../testing/engine.ts'

const choice = model(
  'choice',
  start(),
  inclusive('g', 'g_c'),
  end('a'),
  end('b'),
  end('c'),
  flow('start -> g'),
  flow('g -> a', '=contains(s, "a")'),
  flow('g -> b', '=contains(s, "b")'),
  flow('g -> c', '=unknown'),
)

const endsOf = async (s: string) => {
  const engine = await given(choice)
  engine.create('choice', { s })
  assert.equal(engine.incidents().length, 0)
  return [...'abc'].filter((id) => engine.lived(id).includes(`${id} COMPLETED`)).join('')
}

test('an inclusive gateway takes every flow whose condition is true, and the default flow where none is', async () => {
  assert.equal(await endsOf('a'), 'a')
  assert.equal(await endsOf('ab'), 'ab')
  assert.equal(await endsOf('x'), 'c')
})

test('a single flow needs no condition; one that has it can fail; without any flow the token ends', async () => {
  const engine = await given(
    model('one', start(), inclusive('g'), end(), flow('start -> g -> end')),
    model('none', start(), inclusive('g'), flow('start -> g')),
    model('not', start(), inclusive('g'), end(), flow('start -> g'), flow('g -> end', '=go')),
  )
  engine.create('one')
  engine.create('none')
  assert.equal(engine.finished.length, 2)
  const key = engine.create('not', { go: false })
  const { type, message, elementId } = engine.incident()
  assert.deepEqual(
    [type, message, elementId],
    ['CONDITION_ERROR', 'Expected at least one condition to evaluate to true, or to have a default flow', 'g'],
  )
  engine.do({ type: 'SetVariables', elementInstanceKey: key, variables: { go: true }, local: false })
  await engine.restart()
  engine.do({ type: 'ResolveIncident', incidentKey: engine.incident().key })
  assert.equal(engine.finished.length, 3)
})

const refusalsOf = ({ records }: TestEngine) =>
  records.filter(({ recordType }) => recordType === 'COMMAND_REJECTION').map((record) => record.rejectionReason)

test('a join waits for those tokens only that are on their way to it', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      inclusive('f'),
      serviceTask('a'),
      serviceTask('b'),
      serviceTask('c'),
      inclusive('j'),
      end(),
      flow('start -> f'),
      flow('f -> a', '=n > 0'),
      flow('f -> b', '=n > 1'),
      flow('f -> c', '=n > 2'),
      flow('a -> j -> end'),
      flow('b -> j'),
      flow('c -> j'),
    ),
  )
  engine.create('p', { n: 2 })
  engine.complete(engine.job('a'))
  assert.deepEqual(engine.lived('j'), [])
  assert.deepEqual(refusalsOf(engine), [
    "Expected to be able to activate inclusive gateway 'j', but not all satisfied sequence flows have been taken.",
  ])
  await engine.restart()
  engine.complete(engine.job('b'))
  assert.deepEqual(engine.lived('j'), ['j ACTIVATING', 'j ACTIVATED', 'j COMPLETING', 'j COMPLETED'])
  assert.equal(engine.finished.length, 1)
})

test('tokens that arrive together are joined by the first of them; the second finds it done', async () => {
  const fork = [start(), inclusive('f'), inclusive('j'), end(), flow('start -> f'), flow('j -> end')]
  const engine = await given(
    model(
      'p',
      ...fork,
      flow('f -> j', '=true'),
      renamed(flow('f -> j', '=n > 1'), 'second'),
      renamed(flow('f -> j', '=n > 2'), 'third'),
    ),
  )
  engine.create('p', { n: 2 })
  assert.deepEqual(refusalsOf(engine), [
    "Expected to be able to activate inclusive gateway 'j', but the inclusive gateway way already activated.",
  ])
  assert.equal(engine.lived('end').length, 4)
  assert.equal(engine.finished.length, 1)
})

function renamed({ inside }: Part, id: string): Part {
  return { inside: inside.replace(/id="[^"]*"/, `id="${id}"`) }
}

const looping = (...loop: Part[]) =>
  model(
    'p',
    start(),
    parallel('f'),
    serviceTask('a'),
    exclusive('x'),
    inclusive('j'),
    end(),
    end('other'),
    flow('start -> f -> j -> end'),
    flow('f -> a -> x'),
    ...loop,
  )

test('a path that may lead to the join counts, even in a loop; one that cannot does not', async () => {
  const may = await given(looping(flow('x -> j', '=n > 1'), flow('x -> a', '=n <= 1')))
  may.create('p', { n: 2 })
  assert.deepEqual(may.lived('j'), [])
  may.complete(may.job('a'))
  assert.equal(may.finished.length, 1)
  const cannot = await given(looping(flow('x -> other', '=n > 1'), flow('x -> a', '=n <= 1')))
  cannot.create('p', { n: 2 })
  assert.equal(cannot.lived('j').at(-1), 'j COMPLETED')
})

test('a token that waits at a parallel join before it is on its way too', async () => {
  const engine = await given(
    model(
      'p',
      start(),
      parallel('f'),
      serviceTask('a'),
      serviceTask('b'),
      parallel('pj'),
      inclusive('j'),
      end(),
      flow('start -> f -> pj -> j -> end'),
      flow('f -> b -> j'),
      flow('f -> a -> pj'),
    ),
  )
  engine.create('p')
  engine.complete(engine.job('b'))
  assert.deepEqual(engine.lived('j'), [])
  engine.complete(engine.job('a'))
  assert.equal(engine.finished.length, 1)
})
